import Foundation
import TestSupport
import Testing

/// Keys and signers that ask: on a terminal they get their answer, elsewhere the command ends with an error and never hangs.
@Suite(.onTestThreads) struct AskingTests {
    /// A workspace with a capsule that has a commit and something to commit, and a key with a passphrase.
    private func user(signer: String? = nil) throws -> AmxTool {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "README.md", "Changed\n")
        let path = user.home.appending("k")
        let passphrase = signer == nil ? "secret" : ""
        let made = try Tool.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "k", "-f", path])
        guard made.status == 0 else { throw TestFailure("ssh-keygen: \(made.errors)") }
        try user.json("config", "user.signingKey", path)
        if let signer {
            let program = try user.home.write("signer", text: "#!/bin/sh\n\(signer)\n", executable: true)
            try user.json("config", "gpg.ssh.program", program)
        }
        return user
    }

    private static let commands = [["release", "refunds", "--sign"], ["commit", "refunds", "-m", "Two", "--sign"]]

    private func state(_ user: AmxTool) throws -> String {
        try Tool.git(["for-each-ref"], in: user.repository("refunds"))
    }

    private func checkUnchanged(_ user: AmxTool, _ before: String) throws {
        #expect(try state(user) == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(user.directory)/.aimatrix/tmp")
        #expect(left.isEmpty, "\(left)")
    }

    @Test(arguments: commands) func aPassphraseIsTypedOnATerminal(command: [String]) throws {
        let user = try user()
        let before = try state(user)
        let agent = ["SSH_AUTH_SOCK": ""]
        let wrong = try user.onTerminal(command, environment: agent.merging(["KEYS": "wrong\\n"]) { $1 })
        #expect(wrong.status == 1 && wrong.text.contains("cannot sign with "), "\(wrong.text)")
        let left = try user.onTerminal(command, environment: agent.merging(["KEYS": "\\x03"]) { $1 })
        #expect(left.status == 130, "\(left.status): \(left.text)")
        try checkUnchanged(user, before)
        let typed = try user.onTerminal(command, environment: agent.merging(["KEYS": "secret\\n"]) { $1 })
        #expect(typed.status == 0 && typed.text.contains("assphrase"), "\(typed.text)")
        #expect(!typed.text.contains("secret"))
        #expect(try state(user) != before)
        try user.json("trust", "add", "ada@example.com", "~/k.pub")
        let subject = command[0] == "release" ? "refunds@v0.1.0" : "refunds@main"
        try user.json("verify", subject, "--require-signed")
    }

    /// There is a terminal, but standard input is none: nobody is asked there.
    @Test(arguments: commands) func nobodyIsAskedWithoutInput(command: [String]) throws {
        let user = try user()
        let before = try state(user)
        let words = ([Executables.amx] + command).map { "'\($0)'" }.joined(separator: " ")
        let step = AmxTool.TerminalStep(
            words: ["/bin/sh", "-c", "\(words) < /dev/null"], environment: ["SSH_AUTH_SOCK": "", "KEYS": "secret\\n"])
        let elsewhere = try user.run(command, with: ["SSH_AUTH_SOCK": "", "DISPLAY": ":9", "SSH_ASKPASS": "/bin/echo"])
        for outcome in try user.onTerminal([step]) + [elsewhere] {
            #expect(outcome.status == 2, "\(outcome.text)\(outcome.errors)")
            let said = outcome.text + outcome.errors
            #expect(said.contains("it has a passphrase, and there is no terminal to ask for it"), "\(said)")
            #expect(said.contains("load the key into an agent"))
        }
        try checkUnchanged(user, before)
    }

    /// Signers that never answer: asleep, asleep with others, deaf to signals, with their output closed.
    @Test(arguments: [
        "sleep 600", "sleep 600 & echo $! > ~/child; wait", "trap '' TERM INT HUP; while :; do sleep 1; done",
        "exec > /dev/null 2>&1; sleep 600", "cat /dev/tty; read x; sleep 600",
    ]) func aSignerThatHangsIsEnded(script: String) throws {
        let user = try user(signer: script)
        let before = try state(user)
        for command in Self.commands {
            let start = ContinuousClock.now
            let outcome = try user.run(command, with: ["AMX_SIGN_TIMEOUT": "1"])
            #expect(start.duration(to: .now) < .seconds(300))
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("gave no answer within 1 seconds"), "\(outcome.errors)")
            #expect(outcome.errors.contains("AMX_SIGN_TIMEOUT sets how long to wait"))
        }
        try checkUnchanged(user, before)
        if script.contains("child") {
            #expect(try ends(user.home.read("child")))
        }
    }

    /// Whether a process ends within moments.
    private func ends(_ id: [UInt8]) -> Bool {
        let id = String(decoding: id, as: UTF8.self).trimmingCharacters(in: .newlines)
        return Patience.waits {
            ((try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ") Z").contains(") Z")
        }
    }

    /// A signal that ends the command ends the signer that nobody could ask, with what it has started.
    @Test(arguments: [SIGHUP, SIGINT, SIGTERM]) func aSignerDoesNotOutliveItsCommand(signal: Int32) throws {
        let user = try user(signer: "sleep 600 & echo $! > ~/child; echo $$ > ~/signer-id; wait")
        let before = try state(user)
        for name in ["child", "signer-id"] { try user.home.write(name, text: "") }
        let command = try user.start("release", "refunds", "--sign")
        try Patience.waits { try !user.home.read("signer-id").isEmpty }
        command.send(signal)
        #expect(command.waitUntilExit() == 128 + signal)
        for name in ["child", "signer-id"] { #expect(try ends(user.home.read(name)), "\(name)") }
        #expect(try state(user) == before)
        // What it has left behind is in nobody's way.
        let again = try user.run("commit", "refunds", "-m", "Two", "--no-sign")
        #expect(again.status == 0, "\(again.errors)")
    }

    /// An agent that takes the question and never answers.
    @Test func anAgentThatHangs() throws {
        let user = try user()
        try user.json("config", "user.signingKey", user.home.appending("k.pub"))
        let socket = user.home.appending("agent")
        let input = Pipe()
        let agent = try RunningProgram(
            "python3",
            [
                "-c",
                "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(9); sys.stdin.read()",
                socket,
            ], input: input.fileHandleForReading.fileDescriptor)
        defer { agent.terminate() }
        Patience.waits { FileManager.default.fileExists(atPath: socket) }
        let outcome = try user.run(Self.commands[1], with: ["AMX_SIGN_TIMEOUT": "1", "SSH_AUTH_SOCK": socket])
        #expect(outcome.status == 2 && outcome.errors.contains("within 1 seconds"), "\(outcome.errors)")
    }

    /// Who can answer may take their time.
    @Test func onATerminalThereIsNoLimit() throws {
        let user = try user(signer: "sleep 2; exec ssh-keygen \"$@\"")
        let outcome = try user.onTerminal(Self.commands[0], environment: ["AMX_SIGN_TIMEOUT": "1"])
        #expect(outcome.status == 0, "\(outcome.text)")
    }

    /// Some programs that call others ignore how these end.
    @Test func aCallerThatIgnoresItsChildren() throws {
        let user = try user(signer: "exec ssh-keygen \"$@\"")
        let script =
            "import os,signal,sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
        let outcome = try Tool.run(
            "python3", ["-c", script, Executables.amx] + Self.commands[0], in: user.directory,
            environment: user.environment)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(arguments: ["0", "-1", "x", "1.5", "86401", "99999999999999999999"]) func aWrongLimit(value: String) throws {
        let user = try user(signer: "exec ssh-keygen \"$@\"")
        let outcome = try user.run(Self.commands[0], with: ["AMX_SIGN_TIMEOUT": value])
        #expect(outcome.status == 2 && outcome.errors.contains("invalid AMX_SIGN_TIMEOUT: \(value) is not"))
    }
}
