import TestSupport
import Testing

/// What a command that needs no network leaves alone.
@Suite(.onTestThreads) struct StartTests {
    @Test func theNetworkLibraryIsLoadedForTheNetworkOnly() throws {
        let user = try AmxTool().workspace(remote: "http://127.0.0.1:1/acme")
        try user.newCapsule("refunds")
        func loads(_ arguments: String...) throws -> Bool {
            let outcome = try Tool.run(
                Executables.amx, arguments, in: user.directory,
                environment: user.environment.merging(["LD_DEBUG": "files"]) { $1 })
            return outcome.errors.contains("libcurl")
        }
        for command in ["--version", "--help", "status", "remote", "verify"] {
            #expect(try !loads(command), "\(command)")
        }
        #expect(try loads("fetch"))
    }
}
