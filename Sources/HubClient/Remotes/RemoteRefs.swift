import Capsules
package import Objects

/// The references of a remote repository at one moment.
package struct RemoteRefs: Sendable, Hashable {
    /// The references with names that git accepts, in bytewise order, `HEAD` left out.
    package let refs: [Ref]
    /// The branch that `HEAD` names, born or not; nil when the other side does not say.
    package let head: RefName?

    /// Takes references in any order.
    package init(_ refs: [Ref], head: RefName?) {
        self.refs = refs.sorted { $0.name < $1.name }
        self.head = head
    }

    /// The branches.
    package var branches: [Ref] { refs.filter { $0.name.branch != nil } }
    /// The tags.
    package var tags: [Ref] { refs.filter { $0.name.tag != nil } }

    /// A workspace's event chains.
    package var chains: [Ref] { refs.filter { ReplicaID(chain: $0.name) != nil } }

    /// What a reference points at; nil when it is not there.
    package subscript(_ name: RefName) -> ObjectID? {
        RefSnapshot(sorted: refs, head: .detached(.zero))[name]?.id
    }
}
