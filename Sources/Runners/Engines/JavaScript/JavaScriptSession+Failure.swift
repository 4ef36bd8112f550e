import Capsules

extension JavaScriptSession {
    /// What to say of an answer that is an error: what was thrown, and where; where it was called from goes to the log.
    static func failure(_ code: Int64, _ data: JSONValue?) -> RunResult {
        var text = data?["message"]?.string ?? "it threw something that has no text"
        if let name = data?["name"]?.string, !name.isEmpty { text = "\(name): \(text)" }
        if let file = data?["file"]?.string {
            let place = [data?["line"]?.integer, data?["column"]?.integer].compactMap { $0 }.map { ":\($0)" }
            text += " (\(file)\(place.joined()))"
        }
        // The engine's own frames say nothing about the capsule.
        let stack = (data?["stack"]?.string ?? "").split(separator: "\n").filter { !$0.contains("@aimatrix:") }
        return RunResult(
            .trap(code == 2 ? "result" : "exception"), error: text,
            log: stack.flatMap { Array("    at \($0)\n".utf8) })
    }
}
