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
    private let hub: GitBackend
    private let logger: Logger
    private var body: ReceivePackReader
    private var target: PushTarget?
    private var receiver: QuarantineReceiver?

    init(_ address: CapsuleAddress, hub: GitBackend, logger: Logger) {
        self.address = address
        self.hub = hub
        self.logger = logger
        body = ReceivePackReader(limits: WireLimits(hub.limits))
    }

    /// Reads the request from one pipe and writes the answer, errors included, to the other.
    ///
    /// Only a broken connection ends without an answer.
    func run(from input: InboundPipe, to output: OutboundPipe) {
        defer {
            input.close()
            receiver?.discard()
            target?.discard()
        }
        let answer: [UInt8]
        do {
            answer = try receive(input, output)
        } catch let error as AmxError {
            // The client sends on until it is done; the task drops what comes and then delivers this.
            answer = refusal(error)
        } catch {
            output.fail(error)
            return
        }
        try? output.send(ByteBuffer(bytes: answer), isLast: true)
    }

    private func refusal(_ error: AmxError) -> [UInt8] {
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
        let report = try hub.locks.withLock(address) { try conclude(request, incoming, target) }
        return report.answer(to: request)
    }

    private func begin(_ request: PushRequest, _ output: OutboundPipe) throws {
        let target = try PushTarget(address, in: hub.store)
        self.target = target
        if request.framing != .raw { output.keepAlive(by: ByteBuffer(bytes: request.framing.keepAlive)) }
        guard request.expectsPack else { return }
        try Quarantine.sweep("\(target.repository.path)/objects")
        receiver = try QuarantineReceiver(into: target.repository, limits: hub.limits)
    }

    private func receive(_ pack: ArraySlice<UInt8>, into receiver: QuarantineReceiver) throws {
        let failure: AmxError? = pack.withUnsafeBytes { bytes in
            do throws(AmxError) { try receiver.receive(bytes) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }

    /// Judges each command and makes the changes that stand.
    private func conclude(
        _ request: PushRequest, _ incoming: IncomingObjects, _ target: PushTarget
    ) throws -> PushReport {
        let snapshot = try target.repository.refs.snapshot()
        var outcomes = RefOutcomes(request)
        for command in request.commands {
            let reason =
                try RefRules.refusal(of: command, snapshot: snapshot)
                ?? contentRefusal(of: command, incoming)
            if let reason { outcomes.refuse(command, reason) }
        }
        guard !outcomes.standing.isEmpty else { return report(outcomes) }
        try receiver?.publish()
        if snapshot.branches.isEmpty, let branch = Self.defaultBranch(outcomes.standing) {
            try target.repository.refs.setHead(branch)
        }
        commit(&outcomes, to: target.repository.refs)
        if outcomes.standing.contains(where: { !$0.isDeletion }) { try target.publish() }
        return report(outcomes)
    }

    private func contentRefusal(of command: PushCommand, _ incoming: IncomingObjects) throws -> String? { nil }

    /// Moves all refs at once; where one of a push that is not atomic can't move, the others still do.
    private func commit(_ outcomes: inout RefOutcomes, to refs: RefStore) {
        do throws(AmxError) {
            try refs.commit(outcomes.standing.compactMap(\.update))
        } catch {
            guard !outcomes.isAtomic, outcomes.standing.count > 1 else {
                for command in outcomes.standing { outcomes.refuse(command, error.message) }
                return
            }
            for command in outcomes.standing {
                guard let update = command.update else { continue }
                do throws(AmxError) { try refs.commit([update]) } catch { outcomes.refuse(command, error.message) }
            }
        }
    }

    private func report(_ outcomes: RefOutcomes) -> PushReport {
        let report = outcomes.report
        logger.info(
            "push",
            metadata: [
                "repository": "\(address)", "updated": .stringConvertible(outcomes.standing.count),
                "refused": .stringConvertible(report.results.count - outcomes.standing.count),
            ])
        return report
    }

    /// The branch that a repository's first push makes the default one: `main`, or the first one pushed.
    private static func defaultBranch(_ commands: [PushCommand]) -> RefName? {
        let branches = commands.filter { !$0.isDeletion }.compactMap { RefName($0.name) }.filter { $0.branch != nil }
        return branches.first { $0.branch == "main" } ?? branches.first
    }
}
