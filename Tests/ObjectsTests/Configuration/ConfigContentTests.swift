import Foundation
import Glibc
import Objects
import TestSupport
import Testing

/// Files in git's configuration format: what counts as one, and values that a key has several of.
struct ConfigContentTests {
    @Test(.timeLimit(.minutes(15))) func onlyAFileOrTheNullDeviceCounts() throws {
        let folder = try TemporaryDirectory()
        let pipe = folder.appending("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let link = folder.appending("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: pipe)
        let socket = folder.appending("socket")
        let listener = try Tool.run(
            "python3", ["-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", socket])
        #expect(listener.status == 0, "\(listener.errors)")
        for path in [pipe, link, folder.path, "/dev/zero", "/dev/full", socket] {
            let error = #expect(throws: AmxError.self, "\(path)") { try ConfigFile(path) }
            #expect(error?.message.contains(path) == true && error?.code == .failure)
        }
        let null = folder.appending("null")
        try FileManager.default.createSymbolicLink(atPath: null, withDestinationPath: "/dev/null")
        for path in ["/dev/null", null, folder.appending("missing"), folder.appending("missing/config")] {
            #expect(try ConfigFile(path).string("user.name") == nil, "\(path)")
            #expect(try ConfigFile(path).entries(matching: ".*").isEmpty)
        }
        try folder.write("file", text: "[user]\n\tname = Ada\n")
        #expect(throws: AmxError.self) { try ConfigFile(folder.appending("file/config")) }
        #expect(try ConfigFile(folder.appending("file")).string("user.name") == "Ada")
    }

    /// Real git reads what is written, and each value is taken out alone.
    @Test func keysWithSeveralValues() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("config", text: "# kept\n[user]\n\tname = Ada\n")
        let values = [
            "refs/tags/v*", "refs/tags/v.", "*", "refs/heads/a b", "refs/heads/é", "refs/(x)|y", "a\"b\\c", "x;y#z",
            " x ",
        ]
        for value in values { try ConfigFile(path).add("policy.requireSigned", value) }
        func found() throws -> [String] {
            let outcome = try Tool.run(
                "git", ["config", "--null", "--file", path, "--get-all", "policy.requireSigned"],
                environment: Tool.gitEnvironment)
            return outcome.text.split(separator: "\0").map(String.init)
        }
        #expect(try found() == values)
        var left = values
        for value in values {
            try ConfigFile(path).remove("policy.requireSigned", value)
            left.removeFirst()
            #expect(try found() == left)
        }
        try ConfigFile(path).remove("policy.requireSigned", "none")
        #expect(String(decoding: try folder.read("config"), as: UTF8.self).hasPrefix("# kept\n[user]\n\tname = Ada\n"))
    }
}
