package import Objects

/// A whole fetch as its client sees it: request by request, until the pack is there.
///
/// The caller sends each body of `nextRequest` as a `POST`, hands the answer's bytes to `receive` as they arrive, and
/// calls `endAnswer` at its end; when `nextRequest` returns nil, the pack is complete. Every round repeats the common
/// commits, because the server remembers nothing. After an error the session is of no further use.
package struct FetchSession {
    private let dialect: FetchRequest.Dialect
    private let draft: FetchRequest
    private let limits: WireLimits
    private var negotiator: any Negotiator
    private var answer: FetchAnswerReader?
    private var common: [ObjectID] = []
    private var acknowledged: Set<ObjectID> = []
    private var offered: Set<ObjectID> = []
    private var batchSize = FetchSession.firstBatch
    private var inVain = 0
    private var isExhausted = false
    private var isReady = false
    private var hasTold = false
    /// The one request of a session that goes on with a pack.
    private var given: FetchRequest?
    private var hasAsked = false
    /// Whether the pack is complete.
    package private(set) var isComplete = false

    private static let firstBatch = 16
    private static let largestBatch = 16_384
    /// How many commits are offered without a new acknowledgment before the client gives up; git's number.
    private static let patience = 256

    /// Starts a fetch. Throws when the server does not offer what the goal needs.
    package init(
        _ goal: FetchGoal, from server: ServerAdvertisement, negotiator: any Negotiator, agent: String,
        limits: WireLimits = .standard
    ) throws {
        guard !goal.wants.isEmpty else { throw AmxError(.failure, "fetching: nothing is wanted") }
        draft = try FetchRequest(goal, from: server, agent: agent)
        dialect = draft.dialect
        self.negotiator = negotiator
        self.limits = limits
    }

    /// Asks again for the pack that a request of an earlier session has been answered by, of which the start is here.
    ///
    /// `.failure` when these bytes are not the body of such a request.
    package init(
        again body: [UInt8], after prefix: PackPrefix, agent: String, limits: WireLimits = .standard
    ) throws {
        let features = UploadPackFeatures(agent: agent, resume: true)
        guard
            case .fetch(var request) = try UploadPackReader.parse(
                body, version: .v2, features: features, limits: limits)
        else { throw AmxError(.failure, "fetching: what was kept of an earlier fetch is no request") }
        request.resume = prefix
        draft = request
        dialect = .v2
        negotiator = OrderedNegotiator([])
        given = request
        self.limits = limits
    }

    /// What the session asks for.
    package var wants: [ObjectID] { draft.wants }
    /// What the one request of a session that goes on with a pack offers.
    package var givenHaves: [ObjectID] { draft.haves }

    /// The body of the next request; nil when the pack is complete. Throws what the negotiator throws.
    package mutating func nextRequest() throws -> [UInt8]? {
        guard !isComplete else { return nil }
        if let given {
            guard answer == nil, !hasAsked else { throw Peer.server.violation("it holds no pack") }
            hasAsked = true
            answer = FetchAnswerReader(to: given, limits: limits)
            return given.encoded()
        }
        var request = draft
        let batch = try isReady ? [] : nextBatch()
        // A server that acknowledges the first one only may say so again for its parents.
        request.haves = (acknowledgesAll ? common : Array(common.prefix(1))) + batch
        request.end = batch.isEmpty ? .done : .flush
        answer = FetchAnswerReader(to: request, limits: limits)
        return request.encoded()
    }

    /// Reads the next bytes of the answer. Throws at the first offence, and what the server says about its failure.
    package mutating func receive(_ bytes: some Collection<UInt8>) throws -> [FetchEvent] {
        guard let events = try answer?.append(bytes) else {
            throw AmxError(.network, "reading the server's answer: no request was sent")
        }
        return try events.filter { try note($0) }
    }

    /// Whether a packet of the answer has begun and is not whole: a server that works sends nothing but whole ones.
    package var isMidPacket: Bool { answer?.isMidPacket == true }

    /// Ends the answer to a request. Throws when it is not whole.
    package mutating func endAnswer() throws {
        guard let answer else { throw AmxError(.network, "reading the server's answer: no request was sent") }
        isComplete = try answer.finish()
        isReady = answer.isReady || (answer.foundCommon && !acknowledgesAll)
        self.answer = nil
    }

    /// Whether the server tells more than the first common commit, so that going on can find more.
    private var acknowledgesAll: Bool {
        if case .v0(.first, _, _) = dialect { return false }
        return true
    }

    /// Takes note of an event; false for one that was told in an earlier round.
    private mutating func note(_ event: FetchEvent) throws -> Bool {
        switch event {
        case .acknowledged(let id):
            guard acknowledged.insert(id).inserted else { return false }
            common.append(id)
            inVain = 0
            try negotiator.acknowledge(id)
            return true
        case .shallow:
            guard !hasTold else { return false }
            hasTold = true
            return true
        case .progress, .resumed, .pack: return true
        }
    }

    private mutating func nextBatch() throws -> [ObjectID] {
        guard !isExhausted, common.isEmpty || inVain < Self.patience else { return [] }
        var batch: [ObjectID] = []
        while batch.count < batchSize {
            guard let id = try negotiator.next() else {
                isExhausted = true
                break
            }
            if offered.insert(id).inserted { batch.append(id) }
        }
        inVain += batch.count
        batchSize = min(batchSize * 2, Self.largestBatch)
        return batch
    }
}
