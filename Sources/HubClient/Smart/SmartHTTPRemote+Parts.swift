import Objects
import Wire

/// How much comes along with the tags of a repository when only what they say of releases is wanted.
enum PartialForm: Sendable, CaseIterable {
    /// The tags, their commits and the root trees of these.
    case rootTrees
    /// All trees, for servers that don't cut at a depth.
    case trees
    /// All files too, but no history: for servers that don't filter.
    case shallow

    /// Whether blobs are left out.
    var isFiltered: Bool { self != .shallow }

    fileprivate var filter: ObjectFilter {
        switch self {
        case .rootTrees: .treeDepth(1)
        case .trees: .noBlobs
        case .shallow: .none
        }
    }
}

/// Parts of a repository, for reading what its releases are.
///
/// Source: gitprotocol-v2(5), `ls-refs` with `ref-prefix`, and `fetch` with `deepen` and `filter`; git-rev-list(1), `--filter`.
extension SmartHTTPRemote {
    /// Reads the tags that releases may have, which is all that a server of protocol v2 lists then.
    func releaseTags() throws -> [Ref] {
        try naming("read") {
            let server = try discover(.uploadPack, version: .v2)
            fetchServer = server
            guard server.version == .v2 else { return RemoteRefs(server.refs).tags }
            return RemoteRefs(try list(["refs/tags/v"], of: server)).tags
        }
    }

    /// Whether the server says that it can send tags in a form; of one that filters, also the objects that were left out.
    func offers(_ form: PartialForm) -> Bool {
        guard let fetchServer else { return false }
        let offered = fetchServer.capabilities
        guard fetchServer.version == .v2 else {
            let wantsAny = ["allow-any-sha1-in-want", "allow-reachable-sha1-in-want"].contains { offered.contains($0) }
            return offered.contains("shallow") && (!form.isFiltered || offered.contains("filter") && wantsAny)
        }
        let features = offered.features(of: "fetch")
        return features.contains("shallow") && (!form.isFiltered || features.contains("filter"))
    }

    /// Gets a pack of some tags in a form; ``releaseTags()`` comes first. What it holds is not to be trusted.
    func fetch(
        _ tags: [ObjectID], as form: PartialForm, progress: (TransferProgress) -> Void,
        sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws {
        var goal = FetchGoal(wants: tags)
        goal.deepening = .depth(1, relative: false)
        goal.filter = form.filter
        try fetch(goal, progress: progress, sink: sink)
    }

    /// Gets a pack of some objects by their ids; ``releaseTags()`` comes first. What it holds is not to be trusted.
    func fetch(
        objects: [ObjectID], progress: (TransferProgress) -> Void,
        sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws {
        try fetch(FetchGoal(wants: objects), progress: progress, sink: sink)
    }

    private func fetch(
        _ goal: FetchGoal, progress: (TransferProgress) -> Void,
        sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws {
        var goal = goal
        (goal.thinPack, goal.noProgress) = (false, true)
        try naming("fetch from") {
            let server = try fetchServer ?? discover(.uploadPack, version: .v2)
            let session = try FetchSession(goal, from: server, negotiator: OrderedNegotiator([]), agent: agent)
            try run(session, with: server, progress: progress) {
            } sink: {
                try sink($0)
            }
        }
    }
}
