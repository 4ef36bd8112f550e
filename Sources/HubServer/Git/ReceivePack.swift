import Capsules
import Logging
import NIOCore
import Objects
import Wire

/// Takes one push in; the blocking side of `git-receive-pack`.
///
/// The pack goes into quarantine as it arrives. Nothing is visible to others before everything has been checked; then the
/// pack is published and the refs move, all in one step. Whatever fails before leaves nothing behind. Used by one thread.
final class ReceivePack {
    private let address: CapsuleAddress
    private let principal: Principal
    private let hub: GitBackend
    private let logger: Logger
    private var body: ReceivePackReader
    private var target: PushTarget?
    private var receiver: QuarantineReceiver?
    /// Where the pack is kept in case it breaks off, for a client that can go on with it.
    private var kept: KeptPack?

    init(_ address: CapsuleAddress, by principal: Principal, hub: GitBackend, logger: Logger) {
        self.address = address
        self.principal = principal
        self.hub = hub
        self.logger = logger
        body = ReceivePackReader(limits: WireLimits(hub.limits))
    }

    /// Reads the request from one pipe and writes the answer, errors included, to the other.
    ///
    /// Only a broken connection ends without an answer.
    func run(from input: InboundPipe, to output: OutboundPipe) {
        let answer: Result<[UInt8], any Error>
        do {
            answer = .success(try receive(input, output))
        } catch let error as AmxError {
            // The client sends on until it is done; the task drops what comes and then delivers this.
            answer = .success(refusal(error))
        } catch {
            answer = .failure(error)
        }
        input.close()
        // Nothing is left behind once the client has its answer.
        receiver?.discard()
        target?.discard()
        settle(hasBrokenOff: (try? answer.get()) == nil)
        switch answer {
        case .success(let bytes): try? output.send(ByteBuffer(bytes: bytes), isLast: true)
        case .failure(let error): output.fail(error)
        }
    }

    /// Keeps what has come of a pack that broke off; of any other nothing stays.
    private func settle(hasBrokenOff: Bool) {
        guard let kept else { return }
        if hasBrokenOff { kept.pause() } else { kept.discard() }
        if kept.note != nil {
            logger.info(
                "push broken off", metadata: ["repository": "\(address)", "kept": .stringConvertible(kept.bytes)])
        }
        self.kept = nil
        hub.keptPushes.sweep()
    }

    private func refusal(_ error: AmxError) -> [UInt8] {
        let error = hub.failure.told(error, logger, for: .push)
        logger.info("push refused", metadata: ["repository": "\(address)", "reason": "\(error)"])
        guard let request = body.request else { return body.refusal(error) }
        return PushReport.refused(request, because: error).answer(to: request)
    }

    private func receive(_ input: InboundPipe, _ output: OutboundPipe) throws -> [UInt8] {
        while let buffer = try input.receive() {
            let pack = try body.append(buffer.readableBytesView)
            if let request = body.request, target == nil { try begin(request, output) }
            guard !pack.isEmpty, let receiver else { continue }
            try receive(pack, into: receiver)
        }
        guard let request = try body.finish(), let target else { return [] }
        let incoming =
            try receiver?.finish() ?? IncomingObjects(repository: target.repository, limits: hub.limits)
        try incoming.check(tips: request.commands.filter { !$0.isDeletion }.map(\.new))
        var outcomes = RefOutcomes(request)
        let policy = IncomingPolicy(incoming, of: address.name, signatures: try signingPolicy())
        judge(&outcomes, policy, try target.repository.refs.snapshot())
        if let script = hub.script, !outcomes.standing.isEmpty {
            try consult(script, &outcomes, request, target.repository)
        }
        try hub.locks.withLock(address) { try conclude(&outcomes, target) }
        logger.info(
            "push",
            metadata: [
                "repository": "\(address)", "updated": .stringConvertible(outcomes.standing.count),
                "refused": .stringConvertible(request.commands.count - outcomes.standing.count),
            ])
        return outcomes.answer(to: request)
    }

    private func begin(_ request: PushRequest, _ output: OutboundPipe) throws {
        let target = try PushTarget(address, in: hub.store)
        self.target = target
        if request.framing != .raw { output.keepAlive(request.framing, isQuiet: request.isQuiet) }
        guard request.expectsPack else { return }
        try Quarantine.sweep("\(target.repository.path)/objects")
        if request.capabilities.contains(ResumeMarker.name) { kept = hub.keptPushes.open(address, for: principal) }
        let receiver = try QuarantineReceiver(into: target.repository, limits: hub.limits, keptIn: kept)
        self.receiver = receiver
        if let text = request.capabilities.value(of: ResumeMarker.name) {
            try goOn(after: text, request, receiver)
        } else {
            kept?.begin(KeptPush.digest(of: request.commands).bytes)
        }
    }

    /// Takes the start of the pack from what was kept of the same push, when it is what the client takes it for.
    private func goOn(after text: String, _ request: PushRequest, _ receiver: QuarantineReceiver) throws(AmxError) {
        guard let prefix = PackPrefix(text), let kept, kept.note == KeptPush.digest(of: request.commands).bytes,
            kept.prefix() == prefix
        else {
            throw AmxError(
                .conflict, "\(KeptPush.gone)nothing is kept of this push any more", hint: "push all of it")
        }
        kept.begin(KeptPush.digest(of: request.commands).bytes)
        try kept.read { bytes throws(AmxError) in try receiver.receive(bytes) }
        logger.info("push resumed", metadata: ["repository": "\(address)", "at": .stringConvertible(prefix.bytes)])
    }

    private func receive(_ pack: ArraySlice<UInt8>, into receiver: QuarantineReceiver) throws {
        let failure: AmxError? = pack.withUnsafeBytes { bytes in
            do throws(AmxError) { try receiver.receive(bytes) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }

    /// What must be signed; the client is not told where the hub's files are.
    private func signingPolicy() throws -> SignaturePolicy {
        do throws(AmxError) {
            return try SigningRules(hub.store.directory).policy(of: address)
        } catch {
            logger.error("the policy of signatures cannot be read", metadata: ["reason": "\(error)"])
            throw AmxError(
                .failure, "the hub cannot read its policy of signatures, so it takes nothing",
                hint: "tell those who run it: its log says what is wrong")
        }
    }

    /// Refuses the commands whose content may not stand where they would put it.
    private func judge(_ outcomes: inout RefOutcomes, _ policy: IncomingPolicy, _ snapshot: RefSnapshot) {
        let commands = outcomes.standing
        let refusals = policy.refusals(of: commands.compactMap(\.update), in: snapshot)
        for command in commands {
            guard let update = command.update else {
                outcomes.refuse(command, AmxError(.failure, "this is not a well-formed ref name"))
                continue
            }
            guard let error = refusals[update.name] else { continue }
            outcomes.refuse(command, hub.failure.told(error, logger, for: .push))
        }
    }

    /// Lets the policy script see what would happen; a refusal is of all that stands.
    private func consult(
        _ script: PolicyScript, _ outcomes: inout RefOutcomes, _ request: PushRequest, _ repository: Repository
    ) throws(AmxError) {
        let verdict = try script.run(
            outcomes.standing, of: address, in: repository.path, quarantine: receiver?.path, options: request.options)
        outcomes.messages += verdict.said
        guard !verdict.isAccepted else { return }
        logger.info("policy script refused", metadata: ["repository": "\(address)", "said": .string(verdict.said)])
        for command in outcomes.standing { outcomes.refuse(command, verdict.refusal) }
    }

    /// Makes the changes that stand: the pack first, then the refs, then a new repository's address.
    private func conclude(_ outcomes: inout RefOutcomes, _ target: PushTarget) throws {
        let snapshot = try target.repository.refs.snapshot()
        for command in outcomes.standing where !command.isCurrent(in: snapshot) {
            outcomes.refuse(command, AmxError(.conflict, "fetch first", hint: "the ref has moved since it was read"))
        }
        guard !outcomes.standing.isEmpty else { return }
        try receiver?.publish()
        if snapshot.branches.isEmpty, let branch = Self.defaultBranch(outcomes.standing) {
            try target.repository.refs.setHead(branch)
        }
        func move() throws {
            commit(&outcomes, to: target.repository.refs)
            if outcomes.standing.contains(where: { !$0.isDeletion }) { try target.publish() }
        }
        guard outcomes.standing.contains(where: Self.isRelease) else { return try move() }
        let (_, isFork) = try hub.claims.releasing(address, move)
        guard isFork, outcomes.standing.contains(where: Self.isRelease) else { return }
        outcomes.messages +=
            "note: the id \(address.name) is another owner's on this hub: depend on this capsule as \(address)\n"
    }

    private static func isRelease(_ command: PushCommand) -> Bool {
        command.change?.new != nil && RefName(command.name)?.tag != nil
    }

    /// Moves all refs at once; where one of a push that is not atomic can't move, the others still do.
    private func commit(_ outcomes: inout RefOutcomes, to refs: RefStore) {
        do throws(AmxError) {
            try refs.commit(outcomes.standing.compactMap(\.change))
        } catch {
            guard !outcomes.isAtomic, outcomes.standing.count > 1 else {
                let error = hub.failure.told(error, logger, for: .push)
                for command in outcomes.standing { outcomes.refuse(command, error) }
                return
            }
            for command in outcomes.standing {
                guard let change = command.change else { continue }
                do throws(AmxError) {
                    try refs.commit([change])
                } catch {
                    outcomes.refuse(command, hub.failure.told(error, logger, for: .push))
                }
            }
        }
    }

    /// The branch that a repository's first push makes the default one: `main`, or the first one pushed.
    private static func defaultBranch(_ commands: [PushCommand]) -> RefName? {
        let branches = commands.filter { !$0.isDeletion }.compactMap { RefName($0.name) }.filter { $0.branch != nil }
        return branches.first { $0.branch == "main" } ?? branches.first
    }
}
