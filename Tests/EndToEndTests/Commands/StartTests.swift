import TestSupport
import Testing

/// What a command that does not need a library leaves alone.
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

    /// libgit2's initialisation asks the kernel for random bytes, and its caller is on the stack then.
    @Test(.enabled(if: FailPoints.obstacle == nil)) func theObjectDatabaseIsInitialisedForAStoreOnly() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("pack", "refunds@main", "-o", "out.kc")
        func initialises(_ arguments: [String]) throws -> Bool {
            let outcome = try Tool.run(
                "strace", ["-f", "-k", "-e", "trace=getrandom", Executables.amx] + arguments, in: user.directory,
                environment: user.environment)
            // `LibGit2.ready`.
            return outcome.errors.contains("7LibGit2O5ready")
        }
        for command in [["--version"], ["--help"], ["log", "--help"], ["unpack", "out.kc"], ["verify", "out.kc"]] {
            #expect(try !initialises(command), "\(command)")
        }
        for command in [["log", "refunds"], ["verify"]] {
            #expect(try initialises(command), "\(command)")
        }
    }
}
