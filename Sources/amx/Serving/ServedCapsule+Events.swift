import Capsules
import Objects
import Runners
import Workspaces

extension ServedCapsule: EventReceiver {
    var id: CapsuleID { capsule.id }

    var interests: [EventInterest] {
        let manifest = session.runnable.manifest
        return manifest.eventHandlers.map { EventInterest(pattern: $0.event, action: $0.handler) }
            + manifest.interceptors.map { EventInterest(pattern: $0.event, action: $0.action) }
    }

    /// Runs what the capsule has for an event, and waits for its end. That is a run as others are: what its level asks for is asked for, and all
    /// of it is an event of the capsule's history.
    func deliver(_ event: BusEvent, to interest: EventInterest) {
        let input: JSONValue = [
            "topic": .string(event.topic), "data": event.data, "source": .optional(event.source?.string),
        ]
        do throws(AmxError) {
            let runnable = session.runnable
            let target = try RunTarget(
                event: event.topic, action: interest.action, of: runnable.manifest, in: runnable.folder.path,
                finding: session.finding)
            guard let target else { throw AmxError(.notFound, "no engine of \(id) supports '\(interest.action)'") }
            try wait(for: RunAttempt(target, input: input), after: event)
        } catch {
            tell("\(id) did not take '\(event.topic)': \(error.message)" + (error.hint.map { " (\($0))" } ?? ""))
        }
    }

    private func wait(for attempt: RunAttempt, after event: BusEvent) throws(AmxError) {
        let monitor = Monitor<Result<RunAttempt.Outcome, AmxError>?>(nil)
        let isTaken = run(attempt, after: event, unless: Cancellation()) { outcome in
            monitor.withLock {
                $0.state = outcome
                $0.wakeAll()
            }
        }
        guard isTaken else {
            throw AmxError(.failure, isReady ? "too many calls of it wait" : "it is not served any more")
        }
        let outcome = monitor.withLock { holder in
            while true {
                if let outcome = holder.state { return outcome }
                holder.wait()
            }
        }
        let done = try outcome.get()
        if !done.result.isSuccess {
            throw AmxError(
                .failure, "\(done.result.outcome): \(done.result.error ?? "it did not say why")", hint: done.hint)
        }
    }
}

extension ServedCapsule: HealthSubject {
    /// Asks its engines; while it takes calls, that says enough.
    func checkHealth() throws(AmxError) -> EngineState {
        try ask { [self] kept throws(AmxError) in
            try session.engines(in: kept).checkHealth { () throws(AmxError) in try self.checkIsOpen() }
        } ?? .ready
    }

    /// Starts its servers again, which is a run as at the first time: with its level, and as an event.
    func restart() throws(AmxError) {
        _ = try ask { [self] kept throws(AmxError) in
            try session.engines(in: kept).unload()
            switch try askServers(kept)?.state {
            case .ready, nil: return .ready
            case .failed(let why): throw AmxError(.failure, why)
            case .denied(let why, let hint): throw AmxError(.denied, why, hint: hint)
            }
        }
    }

    /// Does something with engines that stay; nil where they are busy or gone.
    private func ask(
        _ body: @escaping @Sendable (KeptRunner) throws(AmxError) -> EngineState
    ) throws(AmxError) -> EngineState? {
        let monitor = Monitor<Result<EngineState?, AmxError>?>(nil)
        let tell: @Sendable (Result<EngineState?, AmxError>) -> Void = { result in
            monitor.withLock {
                $0.state = result
                $0.wakeAll()
            }
        }
        let isTaken = submit(
            { kept in
                do throws(AmxError) { tell(.success(try body(kept))) } catch { tell(.failure(error)) }
            }, dropped: { tell(.success(nil)) })
        guard isTaken else { return nil }
        return try monitor.withLock { holder in
            while true {
                if let result = holder.state { return result }
                holder.wait()
            }
        }.get()
    }
}
