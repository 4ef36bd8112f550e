import Objects
import Wire

/// What is noted with a pack that is being fetched, so that a later fetch can go on with it as if no time had passed.
struct BrokenFetch {
    /// The other side's references when the fetch began.
    let refs: RemoteRefs
    /// The body of the request that the pack answers.
    let request: [UInt8]

    private static let heading = Array("amx-fetch 1\n".utf8)
    private static let question = LsRefsRequest(peel: true, symrefs: true, unborn: true)

    /// Notes a fetch.
    init(refs: RemoteRefs, request: [UInt8]) {
        self.refs = refs
        self.request = request
    }

    /// Reads a note; nil for anything that is none.
    init?(_ note: [UInt8]) {
        guard note.starts(with: Self.heading) else { return nil }
        let rest = note.dropFirst(Self.heading.count)
        guard let end = rest.firstIndex(of: 0x0A), let count = Int(String(decoding: rest[..<end], as: UTF8.self)),
            count >= 0, count <= rest.count - (end - rest.startIndex) - 1
        else { return nil }
        let body = rest[(end + 1)...]
        var reader = LsRefsReader()
        guard (try? reader.append(body.prefix(count))) != nil, let told = try? reader.finish() else { return nil }
        refs = RemoteRefs(told)
        request = Array(body.dropFirst(count))
    }

    /// The form that is kept: a heading, the length of what follows in a line, an answer of `ls-refs`, the request.
    var note: [UInt8] {
        let listed = refs.refs.map { AdvertisedRef(name: $0.name.string, id: $0.id, peeled: $0.peeled) }
        let listing = Self.question.answer(RefAdvertisement(listed, headTarget: refs.head?.string))
        return Self.heading + Array("\(listing.count)\n".utf8) + listing + request
    }

    /// The objects that the pack leads to, and the commits that it may be built upon; nil when the request is none.
    func scope() -> (wants: Set<ObjectID>, haves: [ObjectID])? {
        let prefix = PackPrefix(bytes: 1, digest: SHA256Hasher.hash(of: []))
        guard let session = try? FetchSession(again: request, after: prefix, agent: "") else { return nil }
        return (Set(session.wants), session.givenHaves)
    }
}

extension RemoteRefs {
    /// Leaves out `HEAD` itself and names that no git would accept.
    init(_ advertised: RefAdvertisement) {
        let refs = advertised.refs.compactMap { ref in
            RefName(ref.name).map { Ref(name: $0, id: ref.id, peeled: ref.peeled) }
        }
        self.init(refs, head: advertised.headTarget.flatMap { RefName($0) })
    }
}
