package import Capsules

extension RunResult {
    /// What a server's answer to a call of a tool means: its `content` and `structuredContent`, or the error that the tool tells.
    package static func tool(_ answer: JSONValue, errorBytes: Int = 64 << 10) -> RunResult {
        var structured = answer["structuredContent"]
        if structured == .null { structured = Optional.none }
        // What is structured is given as text as well, by most servers.
        let parts = answer["content"]?.array ?? (structured.map { _ in [] })
        guard let content = parts, content.allSatisfy({ $0["type"]?.string != nil }) else {
            return RunResult(.trap("protocol"), error: "the server answered with what is no tool's result")
        }
        if answer["isError"]?.bool == true {
            let text = content.compactMap { $0["text"]?.string }.joined(separator: "\n")
            let bounded = String(decoding: text.utf8.prefix(errorBytes), as: UTF8.self)
            return RunResult(.trap("tool"), error: text.isEmpty ? "the tool says that it failed" : bounded)
        }
        var result: JSONObject = ["content": .array(content)]
        if let structured {
            guard structured.object != nil else {
                return RunResult(.trap("protocol"), error: "the server's structured content is no object")
            }
            result["structuredContent"] = structured
        }
        return RunResult(.object(result))
    }
}
