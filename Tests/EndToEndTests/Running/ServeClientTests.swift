import Foundation
import TestSupport
import Testing

/// `amx serve` as the official client sees it, which holds results against the schemas that it was told.
@Suite(
    .onTestThreads, .enabled(if: PublishedServers.areInstalled, "mcp can be installed from PyPI"))
struct ServeClientTests {
    private static let tools = """
        "runtime": {"engine": "js"}, "tools": [
          {"name": "count", "description": "Counts words.", "handler": "count.js",
           "inputSchema": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
           "outputSchema": {"type": "object", "required": ["words"], "properties": {"words": {"type": "integer"}}}},
          {"name": "list", "description": "Lists words.", "handler": "list.js", "inputSchema": {},
           "outputSchema": {"type": "array", "items": {"type": "string"}}},
          {"name": "none", "description": "Gives nothing.", "handler": "none.js", "inputSchema": {"type": "object"}}]
        """

    private static let files = [
        "count.js":
            "function handler({ text }) { return { words: text === 'no' ? 'none' : text.split(' ').length } }\n",
        "list.js": "function handler() { return ['a', 'b'] }\n", "none.js": "function handler() { return null }\n",
    ]

    @Test func theOfficialClientIsServed() throws {
        let environment = try #require(PublishedServers.environment)
        let work = try AmxTool.running(Self.tools, Self.files)
        try work.json("new", "t-mcp", "--template", "mcp")
        try work.json("new", "t-wasm", "--template", "wasm")
        let calls: [(name: String, arguments: [String: String])] = [
            ("wc__count", ["text": "one two three"]), ("wc__count", ["text": "no"]), ("wc__count", [:]),
            ("wc__list", [:]), ("wc__none", [:]), ("t-wasm", ["name": "Ada"]), ("t-mcp__greet", ["name": "Bob"]),
            ("none", [:]),
        ]
        let asked: [String: Any] = [
            "command": Executables.amx, "args": ["serve"], "cwd": work.directory,
            "env": ProcessInfo.processInfo.environment.merging(work.environment) { $1 },
            "calls": calls.map { ["name": $0.name, "arguments": $0.arguments] as [String: Any] },
        ]
        let script = try work.home.write("oracle.py", text: PublishedServers.oracle)
        let outcome = try Tool.run(
            environment + "/bin/python3", [script], in: work.directory,
            input: Array(JSONSerialization.data(withJSONObject: asked)))
        try #require(outcome.status == 0, "\(outcome.errors)")
        let told = try JSONNode(outcome.output)
        let names = ["t-mcp__greet", "t-wasm", "wc__count", "wc__list", "wc__none"]
        #expect(told["tools"].array.compactMap { $0["name"].string }.sorted() == names)
        let results = told["calls"].array
        #expect(results.count == calls.count)
        #expect(results[0]["structuredContent"]["words"].int == 3 && results[0]["isError"].bool == false)
        // Neither reached the client as a result that does not fit.
        #expect(results[1]["isError"].bool == true && results[2]["isError"].bool == true)
        #expect(results[3]["content"][0]["text"].string == #"["a","b"]"# && results[3]["structuredContent"] == .null)
        #expect(results[4]["content"][0]["text"].string == "null" && results[4]["isError"].bool == false)
        #expect(results[5]["structuredContent"]["greeting"].string == "Hello, Ada")
        #expect(results[6]["content"][0]["text"].string == "Hello, Bob")
        #expect(results[7]["error"].string?.contains("there is no tool 'none'") == true)
        // The client ends what it has started.
        let ends = try work.executions().compactMap { $0["outcome"].string }
        #expect(ends == ["ok", "trap(result)", "trap(input)", "ok", "ok"])
    }
}
