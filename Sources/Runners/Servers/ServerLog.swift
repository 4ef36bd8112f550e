import Capsules

/// What a server tells during one run, up to a limit.
struct ServerLog {
    private(set) var bytes: [UInt8] = []
    private let (total, each): (Int, Int)
    private var isFull = false

    init(_ limits: ServerLimits) { (total, each) = (limits.logBytes, limits.logMessageBytes) }

    /// Takes what `notifications/message` says, as a line: the level, the logger where it is named, and the text.
    mutating func take(_ message: JSONValue) {
        let level = message["level"]?.string ?? "info"
        let logger = message["logger"]?.string.map { " \($0)" } ?? ""
        let text = message["data"].map { $0.string ?? JSONWriter.text($0) } ?? ""
        add(line: "\(level)\(logger): \(text)")
    }

    /// Adds a line, cut where it is too long.
    mutating func add(line: String) {
        var line = Array(line.utf8.prefix(each))
        // What is told in several lines stays one, so that nobody can write another one's line.
        for index in line.indices where line[index] == UInt8(ascii: "\n") || line[index] == UInt8(ascii: "\r") {
            line[index] = UInt8(ascii: " ")
        }
        add(line + [UInt8(ascii: "\n")])
    }

    /// Adds bytes; what does not fit is left out, and one line says so.
    mutating func add(_ more: [UInt8]) {
        guard !isFull, !more.isEmpty else { return }
        if bytes.count + more.count > total {
            isFull = true
            bytes += "amx: the log ends here, it has more than \(total) bytes\n".utf8
            return
        }
        bytes += more
    }
}
