import Capsules

/// What the engine tells of a call that failed.
enum JavaScriptFailure {
    /// What to say of an answer that is an error: what was thrown, and where; where it was called from goes to the log.
    static func result(_ code: Int64, _ data: JSONValue?) -> RunResult {
        var text = data?["message"]?.string ?? "it threw something that has no text"
        if let name = data?["name"]?.string, !name.isEmpty { text = "\(name): \(text)" }
        // The engine's own frames say nothing about the capsule.
        let stack = (data?["stack"]?.string ?? "").split(separator: "\n").filter { !$0.contains("@aimatrix:") }
        if let place = place(data) ?? stack.lazy.compactMap(place(ofFrame:)).first { text += " (\(place))" }
        return RunResult(
            .trap(code == 2 ? "result" : "exception"), error: text,
            log: stack.flatMap { Array("    at \($0)\n".utf8) })
    }

    /// Where it was thrown.
    private static func place(_ data: JSONValue?) -> String? {
        guard let file = data?["file"]?.string else { return nil }
        return ([file] + [data?["line"], data?["column"]].compactMap { $0?.integer.map(String.init) })
            .joined(separator: ":")
    }

    /// What stands behind the name of a function; errors of a script's own classes tell of their places only so.
    private static func place(ofFrame frame: Substring) -> String? {
        guard let at = frame.lastIndex(of: "@"), !frame.hasSuffix("@[native code]") else { return nil }
        let place = frame[frame.index(after: at)...]
        return place.isEmpty ? nil : String(place)
    }
}
