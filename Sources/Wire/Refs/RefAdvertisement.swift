/// All that a server says about its refs: what it encodes, and what a client reads back.
package struct RefAdvertisement: Sendable, Hashable {
    /// The refs in the order of the wire: `HEAD` first, where it points at a commit, then bytewise by name.
    package private(set) var refs: [AdvertisedRef]
    /// The branch that `HEAD` names while that branch has no commit yet.
    package private(set) var unbornHead: String?

    /// Takes refs in any order; `HEAD`, if it has a commit, is one of them.
    package init(_ refs: [AdvertisedRef] = [], unbornHead: String? = nil) {
        self.refs = refs.sorted { left, right in
            let (leftIsHead, rightIsHead) = (left.name == AdvertisedRef.head, right.name == AdvertisedRef.head)
            guard leftIsHead == rightIsHead else { return leftIsHead }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        self.unbornHead = unbornHead
    }

    /// Makes the advertisement of a repository from its `HEAD`'s target and its other refs.
    ///
    /// `HEAD` is listed with the commit of `headTarget`, or is unborn when no such ref is there; nil leaves it out.
    package init(_ refs: [AdvertisedRef], headTarget: String?) {
        guard let headTarget else {
            self.init(refs)
            return
        }
        guard let target = refs.first(where: { $0.name.utf8.elementsEqual(headTarget.utf8) }) else {
            self.init(refs, unbornHead: headTarget)
            return
        }
        self.init(refs + [AdvertisedRef(name: AdvertisedRef.head, id: target.id, symrefTarget: headTarget)])
    }

    /// The branch that a clone checks out, born or not; nil when the server does not say.
    package var headTarget: String? { unbornHead ?? refs.first { $0.name == AdvertisedRef.head }?.symrefTarget }

    /// The ref of this exact name.
    package func ref(named name: String) -> AdvertisedRef? {
        refs.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
