import Foundation

/// Servers from PyPI with the official client beside them, installed once for all tests into a folder that goes with the process.
public enum PublishedServers {
    /// The virtual environment; nil where it could not be made, within a minute and a half.
    public static let environment: String? = {
        guard let folder else { return nil }
        let lines = """
            set -e
            /usr/bin/python3 -m venv '\(folder.path)/venv'
            timeout 90 '\(folder.path)/venv/bin/pip' install -q --retries 0 --timeout 10 \\
                mcp==2.3.0 mcp-server-time==2026.10.19 mcp-server-git==2026.10.19 \\
                mcp-server-fetch==2026.10.24
            """
        guard (try? Tool.run("sh", ["-c", lines]).status) == 0 else { return nil }
        // Statics are never let go.
        let path = folder.path
        paths.append(path)
        atexit { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        return path + "/venv"
    }()

    private static let folder = try? TemporaryDirectory("amx-published")
    nonisolated(unsafe) private static var paths: [String] = []

    /// Whether there are any.
    public static var areInstalled: Bool { environment != nil }

    /// Where the packages are.
    public static func packages(_ environment: String) throws -> String {
        let folder = environment + "/lib"
        let python = try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("python3") }
        return "\(folder)/\(python ?? "python3")/site-packages"
    }

    /// Calls a server, a program in Python unless it has another `command`, with the official client, and gives all that it was told.
    public static let oracle = """
        import asyncio, json, sys
        from mcp import ClientSession, StdioServerParameters
        from mcp.client.stdio import stdio_client
        from mcp.shared.exceptions import MCPError
        async def main():
            asked = json.load(sys.stdin)
            server = StdioServerParameters(
                command=asked.get("command", sys.executable), args=asked["args"], env=asked.get("env"),
                cwd=asked.get("cwd"))
            async with stdio_client(server) as (reader, writer):
                async with ClientSession(reader, writer) as session:
                    await session.initialize()
                    tools = await session.list_tools()
                    calls = []
                    for call in asked["calls"]:
                        try:
                            result = await session.call_tool(call["name"], call["arguments"])
                            calls.append(result.model_dump(by_alias=True, exclude_none=True, mode="json"))
                        except MCPError as error:
                            calls.append({"error": str(error)})
                    listed = tools.model_dump(by_alias=True, exclude_none=True, mode="json")["tools"]
                    print(json.dumps({"tools": listed, "calls": calls}))
        asyncio.run(main())
        """
}
