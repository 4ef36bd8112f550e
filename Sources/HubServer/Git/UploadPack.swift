import Objects
import Wire

/// Answers fetches from one repository; the blocking side of `git-upload-pack`, in every protocol version.
///
/// It keeps nothing between requests. Used by one thread.
struct UploadPack {
    /// With more objects than this a pack may take seconds to begin.
    private static let manyObjects = 2_000

    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    /// The answer to `GET info/refs?service=git-upload-pack`.
    func advertisement(_ features: UploadPackFeatures, version: ProtocolVersion) throws -> [UInt8] {
        try features.advertisement(repository.refs.snapshot().advertisement, version: version)
    }

    /// Writes the answer to a request, errors included: they are the client's to read.
    func answer(_ command: ServerCommand, to stream: AnswerStream) {
        do throws(AmxError) {
            switch command {
            case .lsRefs(let request):
                try stream.write(request.answer(try repository.refs.snapshot().advertisement))
                try stream.finish()
            case .fetch(let request):
                try answer(request, to: stream)
            }
        } catch {
            stream.fail(error)
        }
    }

    private func answer(_ request: FetchRequest, to stream: AnswerStream) throws(AmxError) {
        for want in request.wants where !repository.contains(want) {
            throw AmxError(.notFound, "upload-pack: not our ref \(want)")
        }
        // The same request must find the same objects in the same order.
        let haves = request.haves.filter { repository.contains($0) }
        let common = Set(haves)
        let shallow = try ShallowHistory(repository).update(for: request)
        var readiness = FetchReadiness(repository, wants: request.wants)
        let answer: FetchAnswer
        do {
            answer = try request.answer(common: common, shallow: shallow) { try readiness.isReady(common: $0) }
        } catch let error as AmxError {
            throw error
        } catch {
            throw AmxError(.failure, "cannot answer the fetch", cause: error)
        }
        try stream.write(answer.head)
        guard let framing = answer.pack else { return try stream.finish() }
        let objects = try objects(for: request, haves: haves, shallow: shallow)
        try stream.beginPack(
            framing, isSlow: request.resume != nil || objects.count > Self.manyObjects, isQuiet: request.noProgress)
        if let prefix = request.resume, try goOn(after: prefix, with: objects, to: stream) {
            try stream.finishPack()
            return
        }
        try PackWriter().write(objects, of: repository) { bytes throws(AmxError) in
            try stream.writePack(bytes)
        }
        try stream.finishPack()
    }

    /// Makes the pack and sends what follows the start that the client has; false, and nothing is sent, when that start is another.
    private func goOn(
        after prefix: PackPrefix, with objects: [PackObject], to stream: AnswerStream
    ) throws(AmxError) -> Bool {
        var continuation = PackContinuation(after: prefix)
        do throws(AmxError) {
            try PackWriter().write(objects, of: repository) { bytes throws(AmxError) in
                let isBehind = continuation.state == .same
                let rest = try continuation.take(bytes)
                if !isBehind, continuation.state == .same { try stream.writePack(ResumeMarker.bytes(after: prefix)) }
                try stream.writePack(rest)
            }
        } catch {
            guard continuation.state == .different else { throw error }
        }
        return continuation.state == .same
    }

    /// What the client needs: the objects between what it wants and what it has, within its shallow boundary.
    private func objects(
        for request: FetchRequest, haves: [ObjectID], shallow: ShallowUpdate
    ) throws(AmxError) -> [PackObject] {
        var walk = ObjectWalk(repository)
        walk.shallow = Set(request.shallow).union(shallow.shallow)
        walk.filter = request.filter
        // Who filters may not have what stands in its trees.
        walk.findsBases = request.thinPack && request.filter == .none
        var wants = request.wants
        for id in shallow.unshallow { wants += try repository.commit(id).parents }
        var objects = try walk.objects(wants: wants, haves: haves)
        if request.includeTag { try addTags(to: &objects) }
        return objects
    }

    /// Adds the annotated tags whose objects are among those sent, so that they need no second fetch.
    private func addTags(to objects: inout [PackObject]) throws(AmxError) {
        var sent = Set(objects.map(\.id))
        for ref in try repository.refs.snapshot().tags {
            guard let peeled = ref.peeled, sent.contains(peeled) else { continue }
            var id = ref.id
            while id != peeled, sent.insert(id).inserted {
                objects.append(PackObject(id: id))
                id = try repository.tag(id).target
            }
        }
    }
}
