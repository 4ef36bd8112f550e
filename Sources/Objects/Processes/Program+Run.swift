import Glibc

extension Program {
    /// What a program that was run left behind.
    package struct Outcome: Sendable {
        /// The exit status, or 128 plus the signal that ended it.
        package let status: Int32
        /// What was kept of its standard output, and of its standard error where that goes there too.
        package let output: [UInt8]
        /// What was kept of its standard error.
        package let errors: [UInt8]
        /// Whether it was ended because it took too long.
        package let isLate: Bool
    }

    /// Runs it and waits for its end, at most for a time; then it is killed, with its group.
    ///
    /// What it has started and left running is not waited for, also where that holds its output open. `check` is called twice a
    /// second and when a signal interrupts; when it throws, the program is killed. Keys that interrupt are only the program's where it
    /// shares them; where it does not, a signal that ends this process ends the program first. `.failure` when it cannot be run.
    package func run(
        within time: Duration? = nil,
        check: () throws(AmxError) -> Void = { () throws(AmxError) in try Interruption.check() }
    ) throws(AmxError) -> Outcome {
        guard company != .caller else { return try runToEnd(within: time, check: check) }
        let signals = EndingSignals()
        let outcome = Result { () throws(AmxError) in
            try runToEnd(within: time) { () throws(AmxError) in
                try EndingSignals.check()
                try check()
            }
        }
        // The program has gone: now this process may.
        _ = consume signals
        return try outcome.get()
    }

    private func runToEnd(
        within time: Duration?, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> Outcome {
        var captures: [Capture] = []
        let kept = try Capture(output, of: path, &captures)
        let keptErrors = try Capture(errors, of: path, &captures)
        let interrupts = company == .caller ? IgnoredInterrupts() : nil
        let process = try start(output: kept?.writer, errors: keptErrors?.writer)
        for capture in captures { capture.closeWriter() }
        let end = time.map { ContinuousClock.now + $0 }
        var isLate = false
        while !process.hasEnded, !isLate {
            let left = end.map { ContinuousClock.now.duration(to: $0) } ?? .seconds(1)
            let pause = min(500, Int((left / .milliseconds(1)).rounded(.up)))
            let open = captures.filter(\.isOpen)
            let ready = process.sleep(watching: open.map(\.descriptor), milliseconds: max(0, pause))
            for (capture, isReady) in zip(open, ready) where isReady { capture.take() }
            if let end, ContinuousClock.now >= end { isLate = !process.hasEnded }
            if !isLate { try check() }
        }
        if isLate || endsCompany && company != .caller { process.kill() }
        let status = process.wait()
        _ = consume interrupts
        for capture in captures { capture.drain() }
        return Outcome(
            status: status, output: kept?.bytes ?? [], errors: keptErrors?.bytes ?? [], isLate: isLate)
    }

    /// A pipe that a program writes into, and what is kept of that.
    private final class Capture {
        private(set) var writer: Descriptor?
        private let reader: Descriptor
        private let limit: Int
        private let isShown: Bool
        private(set) var bytes: [UInt8] = []
        private(set) var isOpen = true
        var descriptor: Int32 { reader.number }

        /// Makes one for what is to be kept, and notes it; nil for what goes elsewhere.
        init?(_ output: Output, of program: String, _ all: inout [Capture]) throws(AmxError) {
            guard case .kept(let limit, let isShown) = output else { return nil }
            let (reader, writer) = try Descriptor.pipe(for: program)
            (self.reader, self.writer, self.limit, self.isShown) = (reader, writer, limit, isShown)
            all.append(self)
        }

        func closeWriter() { writer = nil }

        /// Reads what is there, but no more than pipes hold: the rest is of somebody who goes on writing.
        func drain() {
            for _ in 0..<32 {
                guard take() else { return }
            }
        }

        /// Reads a piece; false when there is none for now, or never again.
        @discardableResult
        func take() -> Bool {
            guard isOpen else { return false }
            var piece = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &piece, piece.count)
            if count == 0 || count < 0 && errno != EINTR && errno != EAGAIN { isOpen = false }
            guard count > 0 else { return count < 0 && errno == EINTR }
            // A question has no line's end: it is shown as it comes.
            if isShown { _ = write(2, piece, count) }
            bytes += piece.prefix(max(0, min(count, limit - bytes.count)))
            return true
        }
    }
}
