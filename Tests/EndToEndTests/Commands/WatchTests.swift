import Foundation
import Glibc
import TestSupport
import Testing

/// `amx watch`.
@Suite(.onTestThreads) struct WatchTests {
    /// Starts it with its output in files; returns it and what it has said so far.
    private func start(_ work: AmxTool, _ arguments: String...) throws -> (RunningProgram, () throws -> [JSONNode]) {
        let (output, errors) = (work.home.appending("output"), work.home.appending("errors"))
        let descriptors = [output, errors].map { (path: String) in
            open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        }
        defer { for descriptor in descriptors { close(descriptor) } }
        let program = try RunningProgram(
            Executables.amx, ["watch"] + arguments, in: work.directory, environment: work.environment,
            output: descriptors[0], errors: descriptors[1])
        return (program, { try Self.lines(output) })
    }

    private static func lines(_ path: String) throws -> [JSONNode] {
        try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n")).map { line in
            try JSONNode(Array(line))
        }
    }

    @Test func changesAreToldWithTheirDigests() throws {
        let work = try AmxTool.running(
            #""runtime": {"main": "main.js"}"#, ["main.js": "function handler() { return 1 }\n"])
        let (program, said) = try start(work, "--json", "--test")
        // Whether it has looked already is only told by what it says: the file is written until it says something.
        var count = 0
        let hasBegun = try Patience.waits {
            count += 1
            try work.write("wc", "tests/one_test.js", "function handler() { return \(count) }\n")
            usleep(1_500_000)
            return try said().count >= 2
        }
        #expect(hasBegun)
        let digest = try DigestOracle.digest(directory: work.capsule("wc"))
        #expect(try said().allSatisfy { $0["capsule"].string == "wc" || $0["tests"][0]["passed"].bool == true })
        #expect(try Patience.waits { try said().contains { $0["digest"].string == digest } })
        let before = try said().count
        try FileManager.default.removeItem(atPath: work.capsule("wc"))
        #expect(try Patience.waits { try said().count > before })
        #expect(try said().last == .object(["capsule": .string("wc"), "digest": .null]))
        kill(program.processIdentifier, SIGINT)
        #expect(program.waitUntilExit() == 130)
    }

    @Test func itNeedsACapsuleThatIsThere() throws {
        let work = try AmxTool().workspace()
        try work.fails(3, "watch", "none", saying: "there is no capsule none")
        try work.fails(2, "watch", "--tset", saying: "did you mean '--test'?")
    }
}
