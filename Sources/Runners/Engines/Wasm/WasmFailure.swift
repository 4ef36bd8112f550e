import Capsules

/// What the engine tells of a call that failed.
enum WasmFailure {
    /// What to say of an answer that is an error: what happened, by a name, and in words; the functions that were called go to the log.
    static func result(_ code: Int64, _ data: JSONValue?) -> RunResult {
        let message = data?["message"]?.string ?? "it did not say why"
        let log = (data?["stack"]?.array ?? []).prefix(20).compactMap(\.string).flatMap { Array("    at \($0)\n".utf8) }
        return RunResult(outcome(data), error: message, log: log)
    }

    private static func outcome(_ data: JSONValue?) -> RunOutcome {
        switch data?["kind"]?.string {
        case "oom": return .oom
        case "exit":
            // A status has eight bits for the system, and 0 would be none of an error.
            let status = UInt8(truncatingIfNeeded: data?["status"]?.integer ?? 1)
            return .exit(status == 0 ? 1 : status)
        default:
            let name = data?["name"]?.string ?? ""
            let isName = !name.isEmpty && name.utf8.count <= 32 && name.utf8.allSatisfy(isNameByte)
            return .trap(isName ? name : "other")
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
    }
}
