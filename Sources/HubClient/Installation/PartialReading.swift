import Capsules
import Objects

/// Reads the releases of a repository on a git server from as little of it as the server lets be fetched.
///
/// What comes waits in quarantines of an empty repository, where each object is hashed and its form checked, and is read and forgotten: it
/// lacks what it refers to, so it never joins a store. Blocking; one thread.
struct PartialReading {
    /// The most tags that are asked for in one request.
    private static let tagLimit = 1 << 14
    /// How many requests the manifests of a repository may take; one is enough unless some are too large.
    private static let manifestRequests = 32

    let remote: SmartHTTPRemote
    /// A repository without objects.
    let scratch: Repository
    var limits = Limits.standard
    let progress: (TransferProgress) -> Void

    /// What came with one pack.
    private struct Part {
        /// Keeps the quarantine.
        let receiver: QuarantineReceiver
        let incoming: IncomingObjects
    }

    /// What became of one request.
    private enum Outcome {
        case received(Part)
        /// The server has not even begun to answer it.
        case refused
        case over(PassedLimit)
    }

    /// Reads what it can of the tags that are still to be read; what cannot be had like this stays so. ``SmartHTTPRemote/releaseTags()``
    /// comes first.
    ///
    /// With `filteredOnly` no files are fetched for nothing. Throws for a server that cannot be reached, and for objects that no door
    /// takes.
    func read(_ releases: inout ListedReleases, filteredOnly: Bool) throws {
        for form in PartialForm.allCases where remote.offers(form) && (form.isFiltered || !filteredOnly) {
            let tags = releases.unread
            guard !tags.isEmpty, tags.count <= Self.tagLimit else { return }
            let outcome = try receive(limits(of: form)) { sink in
                try remote.fetch(tags, as: form, progress: progress, sink: sink)
            }
            switch outcome {
            case .refused: continue
            // More of it would come in any other form.
            case .over: return
            case .received(let part):
                try part.incoming.checkTrees()
                releases.read(part.incoming.reader)
                if form.isFiltered { try readManifests(&releases, beside: part) }
            }
        }
    }

    /// Fetches the manifests that the tags' trees name, by their ids, and reads the releases again.
    private func readManifests(_ releases: inout ListedReleases, beside tags: Part) throws {
        var open = [releases.missingManifests].filter { !$0.isEmpty }
        var parts = [tags]
        var requests = 0
        requesting: while requests < Self.manifestRequests, let blobs = open.popLast() {
            requests += 1
            let outcome = try receive(manifestLimits) { sink in
                try remote.fetch(objects: blobs, progress: progress, sink: sink)
            }
            switch outcome {
            case .received(let part): parts.append(part)
            case .over(let limit) where limit.setting == Limits.Name.objectBytes.rawValue:
                // One that is too large must not hide the others.
                if blobs.count == 1 {
                    releases.refuse(manifest: blobs[0])
                } else {
                    let half = blobs.count / 2
                    open += [Array(blobs[half...]), Array(blobs[..<half])]
                }
            case .refused, .over: break requesting
            }
        }
        let all = try IncomingObjects(repository: scratch, limits: limits)
        for part in parts { try all.add(part.receiver) }
        releases.read(all.reader)
    }

    /// Sends a request and takes its pack into a quarantine of its own.
    private func receive(
        _ limits: Limits, _ fetch: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws -> Void
    ) throws -> Outcome {
        let receiver = try QuarantineReceiver(into: scratch, limits: limits)
        var bytes = 0
        do {
            try fetch { piece throws(AmxError) in
                try Interruption.check()
                bytes += piece.count
                try receiver.receive(piece)
                progress(.receiving(bytes: bytes, objects: 0))
            }
            return .received(Part(receiver: receiver, incoming: try receiver.finish()))
        } catch let error as AmxError {
            if let limit = error.cause as? PassedLimit { return .over(limit) }
            guard bytes == 0, !error.concernsPlace, error.code == .network || error.code == .notFound else {
                throw error
            }
            return .refused
        }
    }

    /// Without files a repository's tags are small; a server that sends more has not left out what it was asked to.
    private func limits(of form: PartialForm) -> Limits {
        guard form.isFiltered else { return limits }
        return bounded(limits.objectBytes)
    }

    private var manifestLimits: Limits { bounded(limits.manifestBytes) }

    private func bounded(_ objectBytes: Int) -> Limits {
        var bounded = limits
        bounded.packBytes = min(limits.packBytes, 64 << 20)
        bounded.packExpandedBytes = min(limits.packExpandedBytes, 1 << 30)
        bounded.objectBytes = min(limits.objectBytes, objectBytes)
        return bounded
    }
}
