package import Objects

/// One ref as a server tells it to a client.
package struct AdvertisedRef: Sendable, Hashable {
    /// The full name: `HEAD` or `refs/...`. Compare names as UTF-8 bytes: Swift's `==` equates canonical forms.
    package var name: String
    /// What the ref points at; for a symbolic ref, what its target points at.
    package var id: ObjectID
    /// What an annotated tag finally points at; nil for any other object, and where the server was not asked.
    package var peeled: ObjectID?
    /// The name that a symbolic ref stands for; nil for a plain one, and where the server was not asked.
    package var symrefTarget: String?

    /// Makes a ref.
    package init(name: String, id: ObjectID, peeled: ObjectID? = nil, symrefTarget: String? = nil) {
        self.name = name
        self.id = id
        self.peeled = peeled
        self.symrefTarget = symrefTarget
    }

    /// The name of the ref that says which branch a clone checks out.
    package static let head = "HEAD"
}
