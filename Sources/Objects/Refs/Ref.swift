/// A reference and what it points at.
package struct Ref: Hashable, Sendable {
    /// The full name.
    package var name: RefName
    /// The object.
    package var id: ObjectID
    /// For an annotated tag, the object that it is about in the end.
    package var peeled: ObjectID?

    /// Makes a reference.
    package init(name: RefName, id: ObjectID, peeled: ObjectID? = nil) {
        self.name = name
        self.id = id
        self.peeled = peeled
    }

    /// The commit, with tags peeled.
    package var commit: ObjectID { peeled ?? id }
}
