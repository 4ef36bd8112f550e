/// How a program in a sandbox ended, and what it used.
package struct LaunchReply: Sendable, Hashable {
    /// How it ended.
    package enum Ending: Sendable, Hashable {
        /// The sandbox could not be made, or the program not be started in it; nothing of the capsule ran.
        case setupFailed
        /// By itself, with a status below 128.
        case exited(UInt8)
        /// By a signal.
        case signalled(UInt8)
        /// It was killed at its deadline.
        case timedOut
        /// It was killed because all its processes together had more memory than they may; only where no control group holds it.
        case outOfMemory
        /// It was killed because there were more processes and threads than may be; only where nothing else holds them.
        case tooManyProcesses
    }

    /// How it ended.
    package var ending: Ending
    /// Processor time of the sandbox and of what it waited for, in microseconds.
    package var processorMicroseconds: UInt64
    /// From its start until nothing of it was left, in microseconds.
    package var wallMicroseconds: UInt64
    /// The most memory that was seen of it, in bytes: of its largest process, or of all together where that was watched.
    package var peakBytes: UInt64

    package init(
        _ ending: Ending, processorMicroseconds: UInt64 = 0, wallMicroseconds: UInt64 = 0, peakBytes: UInt64 = 0
    ) {
        (self.ending, self.processorMicroseconds) = (ending, processorMicroseconds)
        (self.wallMicroseconds, self.peakBytes) = (wallMicroseconds, peakBytes)
    }

    private static let mark: UInt64 = 0x31_796c_7065_5278

    /// The bytes of the message.
    package var bytes: [UInt8] {
        var encoder = LaunchEncoder()
        let (kind, number): (UInt64, UInt8) =
            switch ending {
            case .setupFailed: (0, 0)
            case .exited(let status): (1, status)
            case .signalled(let signal): (2, signal)
            case .timedOut: (3, 0)
            case .outOfMemory: (4, 0)
            case .tooManyProcesses: (5, 0)
            }
        for value in [Self.mark, kind, UInt64(number), processorMicroseconds, wallMicroseconds, peakBytes] {
            encoder.write(value)
        }
        return encoder.bytes
    }

    /// Reads such bytes; nil for anything else.
    package init?(_ bytes: [UInt8]) {
        var decoder = LaunchDecoder(bytes)
        guard decoder.number() == Self.mark, let kind = decoder.number(), let number = decoder.number(),
            let small = UInt8(exactly: number), let processor = decoder.number(), let wall = decoder.number(),
            let peak = decoder.number(), decoder.isAtEnd
        else { return nil }
        let ending: Ending
        switch kind {
        case 0: ending = .setupFailed
        case 1: ending = .exited(small)
        case 2: ending = .signalled(small)
        case 3: ending = .timedOut
        case 4: ending = .outOfMemory
        case 5: ending = .tooManyProcesses
        default: return nil
        }
        self.init(ending, processorMicroseconds: processor, wallMicroseconds: wall, peakBytes: peak)
    }
}
