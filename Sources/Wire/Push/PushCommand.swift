package import Objects

/// The update of one ref that a push asks for.
package struct PushCommand: Sendable, Hashable {
    /// The full name of the ref on the server.
    package var name: String
    /// What the client saw there; zero for a ref that it creates.
    package var old: ObjectID
    /// What shall be there; zero for a ref that it deletes.
    package var new: ObjectID

    /// Makes an update.
    package init(name: String, old: ObjectID, new: ObjectID) {
        self.name = name
        self.old = old
        self.new = new
    }

    /// Whether the ref shall be new.
    package var isCreation: Bool { old.isZero && !new.isZero }
    /// Whether the ref shall go.
    package var isDeletion: Bool { new.isZero }
}
