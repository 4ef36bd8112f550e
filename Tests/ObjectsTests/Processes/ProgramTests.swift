import Foundation
import Glibc
import Objects
import TestSupport
import Testing

/// Programs as Amx runs them: bounded in time and output, with nothing of this process but what they are given.
struct ProgramTests {
    private func shell(_ script: String, _ change: (inout Program) -> Void = { _ in }) -> Program {
        var program = Program("sh", ["-c", script])
        program.output = .kept(limit: 1 << 16)
        program.errors = .kept(limit: 1 << 16)
        change(&program)
        return program
    }

    @Test(arguments: [("exit 0", Int32(0)), ("exit 7", 7), ("kill -9 $$", 137), ("kill -15 $$", 143)])
    func endsWithAStatus(script: String, status: Int32) throws {
        #expect(try shell(script).run().status == status)
    }

    @Test func keepsOutputAndErrorsApartOrTogether() throws {
        let apart = try shell("echo a; echo b >&2").run()
        #expect(String(decoding: apart.output, as: UTF8.self) == "a\n")
        #expect(String(decoding: apart.errors, as: UTF8.self) == "b\n")
        let together = try shell("echo a; echo b >&2") { $0.errors = .asOutput }.run()
        #expect(String(decoding: together.output, as: UTF8.self) == "a\nb\n")
    }

    /// More than any pipe holds, both ways at once, and a program that reads nothing.
    @Test(arguments: ["cat", "cat; cat >&2", "exit 0", "head -c 10"])
    func neverWaitsForAFullPipe(script: String) throws {
        let bytes = [UInt8](repeating: 0x61, count: 3_000_000)
        let outcome = try shell(script) {
            $0.input = .bytes(bytes)
            $0.output = .kept(limit: 1000)
        }.run(within: .seconds(30))
        #expect(!outcome.isLate && outcome.status == 0)
        #expect(outcome.output.count == (script.hasPrefix("cat") ? 1000 : script == "exit 0" ? 0 : 10))
    }

    @Test(arguments: [
        "sleep 600", "sleep 600 & sleep 600", "trap '' TERM INT; while :; do :; done", "exec >&- 2>&-; sleep 600",
    ])
    func endsWhatTakesTooLong(script: String) throws {
        for company in [Program.Company.group, .session, .caller] where company != .caller || !script.contains("&") {
            let start = ContinuousClock.now
            let outcome = try shell(script) { $0.company = company }.run(within: .milliseconds(300))
            #expect(outcome.isLate && outcome.status == 137)
            #expect(start.duration(to: .now) < .seconds(300))
        }
    }

    /// What is left running holds the output open: nobody waits for it, and it is ended only where that is asked for.
    @Test(arguments: [true, false]) func doesNotWaitForWhatIsLeft(ends: Bool) throws {
        let start = ContinuousClock.now
        let outcome = try shell("sleep 600 & echo $!") { $0.endsCompany = ends }.run()
        #expect(start.duration(to: .now) < .seconds(300) && outcome.status == 0)
        let line = String(decoding: outcome.output, as: UTF8.self).trimmingCharacters(in: .newlines)
        let left = try #require(pid_t(line))
        // A killed process of nobody's is there until init has noticed.
        var state = "sleeping"
        for _ in 0..<(ends ? 6_000 : 200) where state == "sleeping" {
            let text = (try? String(contentsOfFile: "/proc/\(left)/stat", encoding: .utf8)) ?? ") Z"
            if text.contains(") Z") { state = "ended" } else { usleep(ends ? 10_000 : 500) }
        }
        #expect((state == "ended") == ends)
        kill(left, SIGKILL)
    }

    @Test func inheritsOnlyWhatItIsGiven() throws {
        let folder = try TemporaryDirectory()
        let secret = open(folder.appending("secret"), O_RDWR | O_CREAT, 0o600)
        defer { close(secret) }
        let outcome = try shell("ls /proc/$$/fd; pwd; env; exec grep -E 'Sig(Blk|Ign)' /proc/self/status") {
            $0.directory = folder.path
            $0.environment = .empty.with(["PATH": "/usr/bin:/bin", "A": "1", "B": nil])
        }.run()
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(Set(lines).isSuperset(of: ["0", "1", "2", "A=1"]))
        #expect(!lines.contains(String(secret)) && !lines.contains { $0.hasPrefix("HOME=") || $0.hasPrefix("B=") })
        #expect(lines.contains { $0.hasSuffix(URL(fileURLWithPath: folder.path).lastPathComponent) })
        #expect(lines.contains { $0.hasPrefix("SigBlk:\t0000000000000000") })
    }

    /// In a session of its own there is no terminal to ask on; in the caller's group there is what the caller has.
    @Test func hasASessionOfItsOwn() throws {
        let own = try shell("ps -o sid= -p $$; ps -o pgid= -p $$; echo $$").run()
        #expect(Set(String(decoding: own.output, as: UTF8.self).split { $0.isWhitespace }).count == 1)
        #expect(try shell(": < /dev/tty").run().status != 0)
    }

    @Test func aVariableKeepsItsBytes() throws {
        setenv("AMX_TEST_BYTES", "a\u{FF}b", 1)
        defer { unsetenv("AMX_TEST_BYTES") }
        "AMX_TEST_BYTES=".withCString { _ in
            let value: [CChar] = [0x61, CChar(bitPattern: 0xFF), 0x62, 0]
            setenv("AMX_TEST_BYTES", value, 1)
        }
        let outcome = try shell("printf %s \"$AMX_TEST_BYTES\"").run()
        #expect(outcome.output == [0x61, 0xFF, 0x62])
    }

    @Test(arguments: ["/nowhere/program", "no-such-program-here", "/"]) func cannotRun(path: String) throws {
        let error = #expect(throws: AmxError.self) { try Program(path).run() }
        #expect(error?.code == .failure && error?.message.hasPrefix("cannot run \(path): ") == true)
    }

    @Test func aCheckEndsTheWait() throws {
        let start = ContinuousClock.now
        let error = #expect(throws: AmxError.self) {
            try shell("sleep 600").run { () throws(AmxError) in throw AmxError(.interrupted, "stop") }
        }
        #expect(error?.code == .interrupted && start.duration(to: .now) < .seconds(300))
    }

    @Test func goesOnUntilItsOwnerGoes() throws {
        let folder = try TemporaryDirectory()
        var program = shell("echo $$ > pid; exec sleep 60") { $0.directory = folder.path }
        program.output = .file(folder.appending("out"))
        do {
            let process = try program.start()
            #expect(!process.hasEnded)
            process.send(SIGTERM)
            #expect(process.wait() == 143)
            #expect(process.hasEnded)
        }
        _ = try program.start()
        var mode = stat()
        #expect(stat(folder.appending("out"), &mode) == 0 && mode.st_mode & 0o777 == 0o600)
    }
}
