import CLinux
import Glibc
import Objects

/// What a program writes to standard output and standard error, as it comes, up to a limit.
struct SandboxStreams: ~Copyable {
    /// What came by standard output.
    private(set) var output: [UInt8] = []
    /// What came by standard error.
    private(set) var errors: [UInt8] = []
    /// Whether more came than may.
    private(set) var isOver = false
    private let limit: UInt64
    /// The reading ends of both, and the writing ends; -1 once closed.
    private var (outputEnds, errorsEnds): ([Int32], [Int32]) = ([-1, -1], [-1, -1])

    /// Makes both pipes; at most `limit` bytes are kept of both together.
    ///
    /// They belong to `owner`, if there is one, who may then also open them by name: `/dev/stderr`.
    init(limit: UInt64, owner: UInt32?) throws(AmxError) {
        self.limit = limit
        // Of what there is by then, `deinit` takes care here too.
        guard amx_pipe(&outputEnds) == 0, amx_pipe(&errorsEnds) == 0 else {
            throw AmxError.system("cannot make a pipe")
        }
        if let owner { for end in [outputEnds[1], errorsEnds[1]] { _ = fchown(end, owner, owner) } }
        for reader in [outputEnds[0], errorsEnds[0]] { _ = fcntl(reader, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        for end in outputEnds + errorsEnds where end >= 0 { close(end) }
    }

    /// What a program writes to.
    var outputWriter: Int32 { outputEnds[1] }
    /// What a program writes its errors to.
    var errorsWriter: Int32 { errorsEnds[1] }
    /// What there is to watch.
    var readers: [Int32] { [outputEnds[0], errorsEnds[0]].filter { $0 >= 0 } }

    /// Leaves standard output to somebody else, who closes it.
    mutating func takeOutput() -> Int32 {
        defer { outputEnds[0] = -1 }
        return outputEnds[0]
    }

    /// Gives away what came by standard error, which then no longer counts.
    mutating func takeErrors() -> [UInt8] {
        defer { errors = [] }
        return errors
    }

    /// Lets go of the writing ends, once they are the program's.
    mutating func closeWriters() {
        close(outputEnds[1])
        close(errorsEnds[1])
        (outputEnds[1], errorsEnds[1]) = (-1, -1)
    }

    /// Reads what is there.
    mutating func read() {
        if !Self.read(outputEnds[0], into: &output, room: room, &isOver) { Self.end(&outputEnds) }
        if !Self.read(errorsEnds[0], into: &errors, room: room, &isOver) { Self.end(&errorsEnds) }
    }

    /// Reads what is left once no program writes any more.
    mutating func readRest() {
        while !readers.isEmpty, !isOver {
            let before = output.count + errors.count
            read()
            if output.count + errors.count == before { return }
        }
    }

    private var room: Int {
        Int(clamping: limit.subtractingReportingOverflow(UInt64(output.count + errors.count)).partialValue)
    }

    private static func end(_ ends: inout [Int32]) {
        if ends[0] >= 0 { close(ends[0]) }
        ends[0] = -1
    }

    /// One read; false at the end.
    private static func read(_ descriptor: Int32, into bytes: inout [UInt8], room: Int, _ isOver: inout Bool) -> Bool {
        guard descriptor >= 0 else { return true }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        bytes.append(contentsOf: buffer.prefix(min(count, room)))
        if count > room { isOver = true }
        return true
    }
}
