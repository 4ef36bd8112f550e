import Foundation
import TestSupport
import Testing

@testable import amx

/// Completion of command lines: what `amx complete` offers, and that real shells take it.
@Suite(.onTestThreads) struct CompletionTests {
    /// A workspace with a released capsule of two branches, a stash, a remote, and a second capsule.
    private static func workspace() throws -> AmxTool {
        let user = try AmxTool().workspace(remote: "https://hub.example/acme")
        try user.newCapsule("refunds")
        try user.newCapsule("catalog")
        try user.json("release", "refunds")
        try user.json("branch", "refunds", "topic")
        try user.json("workspace", "commit", "-m", "Own")
        try user.json("workspace", "branch", "winter")
        try user.write("refunds", "README.md", "changed\n")
        try user.json("stash", "refunds", "-m", "Half")
        return user
    }

    /// The words offered, and what the shell adds, for the words of a line of which the last one is being typed.
    private func complete(_ user: AmxTool, _ words: [String]) throws -> (paths: String, words: [String]) {
        let outcome = try user.run(["complete", "--"] + words)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(words): \(outcome.errors)")
        let lines = outcome.text.split(separator: "\n").map(String.init)
        let texts = lines.dropFirst().map { String($0.prefix { $0 != "\t" }) }
        for text in texts { #expect(text.hasPrefix(words.last ?? ""), "\(words): \(text)") }
        return (lines.first ?? "", texts)
    }

    @Test func whatIsOffered() throws {
        let user = try Self.workspace()
        let table: [([String], [String])] = [
            (["stat"], ["status"]), (["log", ""], ["catalog", "refunds"]), (["log", "re"], ["refunds"]),
            (["log", "refunds@"], ["refunds@main", "refunds@topic", "refunds@v0.1.0"]),
            (["show", "refunds@v"], ["refunds@v0.1.0"]), (["switch", "refunds", ""], ["main", "topic"]),
            (["switch", "--json", "refunds", "t"], ["topic"]), (["switch", "refunds", "topic", ""], []),
            (["diff", "refunds", "main", ""], ["main", "topic", "v0.1.0"]), (["remote", "rename", "o"], ["origin"]),
            (["branch", "refunds", ""], ["main", "topic"]), (["branch", "refunds", "-d", "t"], ["topic"]),
            (["branch", "refunds", "new", "v"], ["v0.1.0"]), (["branch", "refunds", "-d", "main", "t"], ["topic"]),
            (["workspace", "switch", ""], ["main", "winter"]), (["workspace", "branch", "-d", "w"], ["winter"]),
            (["workspace", "merge", "w"], ["winter"]), (["diff", "refunds", "--nam"], ["--name-status"]),
            (["push", "or"], ["origin"]), (["push", "origin", "c"], ["catalog"]),
            (["fetch", "origin", "refunds", ""], ["catalog", "refunds"]),
            (["cat", "refunds@v0.1.0", "knowledge/ru"], ["knowledge/rules/priority.json"]),
            (["cat", "refunds", "REA"], ["README.md"]), (["discard", "refunds", "mani"], ["manifest.json"]),
            (["stash", "p"], ["push", "pop"]), (["stash", "re"], ["refunds"]),
            (["stash", "pop", "refunds", ""], ["1"]),
            (["remote", "rem"], ["remove"]), (["remote", "remove", ""], ["origin"]), (["remote", "add", ""], []),
            (["config", "user.n"], ["user.name"]), (["config", "get", "limits.ent"], ["limits.entries"]),
            (["config", "remote.o"], ["remote.origin.url"]), (["--color", "a"], ["auto", "always"]),
            (["log", "--color=n"], ["--color=never"]), (["man", "remote", "ad"], ["add"]),
            (["completions", ""], ["bash", "zsh", "fish"]), (["frobnicate", ""], []),
            (["log", "--", "re"], ["refunds"]),
            (["update", "re"], ["refunds"]), (["remove", "refunds", ""], ["catalog", "refunds"]),
            (["tree", "c"], ["catalog"]), (["why", "c"], ["catalog"]), (["add", "re"], ["refunds"]),
            (["install", "re"], ["refunds"]), (["add", "x", "--remote", ""], ["origin"]),
            (["rollback", "refunds", ""], ["0.1.0"]), (["configure", "refunds", "--unset", ""], []),
            (["log", "--", "--j"], []), (["commit", "-m", ""], []), (["commit", "-m", "x", "cat"], ["catalog"]),
        ]
        for (words, wanted) in table { #expect(try complete(user, words).words == wanted, "\(words)") }
        for (words, paths) in [
            (["unpack", ""], "files"), (["verify", "x"], "files"), (["install", ""], "files"), (["add", "x"], "files"),
            (["-C", ""], "directories"),
            (["status", ""], "none"),
            (["pack", "refunds", "-o", ""], "files"), (["unpack", "a.kc", ""], "directories"),
        ] {
            #expect(try complete(user, words).paths == paths, "\(words)")
        }
        let inside = user.at("\(user.capsule("refunds"))/knowledge")
        #expect(try complete(inside, ["switch", "t"]).words == ["topic"])
        #expect(try complete(inside, ["log", "@v"]).words == ["@v0.1.0"])
        #expect(try complete(inside, ["cat", "READ"]).words == ["README.md"])
        let outside = user.at("/")
        #expect(try complete(outside, ["-C", user.directory, "log", "re"]).words == ["refunds"])
        // A value that is also the command's name is not taken for it.
        try FileManager.default.createSymbolicLink(
            atPath: user.home.appending("log"), withDestinationPath: user.directory)
        #expect(try complete(user.at(user.home.path), ["-C", "log", "log", "re"]).words == ["refunds"])
        #expect(try complete(outside, ["log", ""]).words == [])
        #expect(try outside.run("complete").status == 0)
    }

    /// Every command and option of the help is offered, and every word offered at the start is a command.
    @Test func commandsAndOptionsAreThoseOfTheHelp() throws {
        let user = try AmxTool()
        // In this process: what is offered here is of no workspace, and the others ask the program.
        func offered(_ words: [String]) -> [String] { Completion(words).candidates.map(\.text) }
        for command in HelpTests.commands {
            #expect(offered(command).contains(command.last ?? ""))
            let help = try user.run(command + ["--help"]).text
            let options = offered(command + ["--"])
            for option in help.matches(of: /\n  (?:-., )?(--[a-z-]+)/) {
                #expect(options.contains(String(option.1)), "\(command): \(option.1)")
            }
        }
        #expect(try !complete(user, [""]).words.contains("complete"))
    }

    /// A name that could steer a terminal, or break the protocol with the shell, is not offered.
    @Test func hostileNamesAreLeftOut() throws {
        let user = try Self.workspace()
        for name in ["t\u{1B}x", "t\u{9B}31m", "t\u{202E}"] {
            _ = try Tool.run(
                "git", ["update-ref", "refs/heads/\(name)", "HEAD"], in: user.repository("refunds"),
                environment: Tool.gitEnvironment)
        }
        #expect(try complete(user, ["switch", "refunds", "t"]).words == ["topic"])
    }

    /// Types lines into an interactive shell, asks it to complete each, and prints what the line has become.
    private static let typist = """
        import os, pty, select, sys, time
        shell, setup, *lines = sys.argv[1:]
        programs = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}
        pid, fd = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm"
            os.execvp(shell, programs[shell])
        def until(mark):
            seen, end = b"", time.time() + 60
            while mark not in seen and time.time() < end:
                if select.select([fd], [], [], 0.2)[0]:
                    seen += os.read(fd, 65536)
            return seen
        os.write(fd, (" stty -echo; PS1=''; PROMPT=''; RPROMPT=''; bind 'set enable-bracketed-paste off' 2>/dev/null;"
            " unset zle_bracketed_paste; " + setup + "; echo RE''ADY\\n").encode())
        until(b"READY")
        for line in lines:
            # Completed, then printed instead of run. Shells read on only when the completion is there.
            os.write(fd, (line + "\\t\\x01printf '<%s>' DO''NE \\x05 EN''D\\n").encode())
            text = until(b"<END>").rpartition(b"<DONE>")[2]
            print(text.split(b"<END>")[0].decode().replace("><", " ").strip("<>"), flush=True)
        os.write(fd, b"exit\\n")
        """

    private static let lines = [
        ("amx stat", "amx status"), ("amx log refu", "amx log refunds"),
        ("amx log refunds@v", "amx log refunds@v0.1.0"),
        ("amx switch refunds to", "amx switch refunds topic"), ("amx status --color=al", "amx status --color=always"),
        ("amx cat refunds@v0.1.0 knowledge/ru", "amx cat refunds@v0.1.0 knowledge/rules/priority.json"),
        ("amx remote remove o", "amx remote remove origin"), ("amx push origin cat", "amx push origin catalog"),
        ("amx frobni", "amx frobni"),
    ]

    private static func has(_ shell: String) -> Bool {
        (try? Tool.run("sh", ["-c", "command -v \(shell)"], in: "/").status) == 0
    }

    private static func environment(_ user: AmxTool) -> [String: String] {
        let folder = (Executables.amx as NSString).deletingLastPathComponent
        let path = "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        return user.environment.merging(["PATH": path]) { $1 }
    }

    @Test(
        .enabled("the shell is not installed") { has("bash") && has("python3") }
    ) func bashCompletes() throws { try check("bash", "source <(amx completions bash)") }

    @Test(
        .enabled("the shell is not installed") { has("zsh") && has("python3") }
    ) func zshCompletes() throws {
        try check("zsh", "autoload -Uz compinit; compinit -u -D; source <(amx completions zsh)")
    }

    private func check(_ shell: String, _ setup: String) throws {
        let user = try Self.workspace()
        let outcome = try Tool.run(
            "python3", ["-c", Self.typist, shell, setup] + Self.lines.map(\.0), in: user.directory,
            environment: Self.environment(user))
        let text = outcome.text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        #expect(Array(text.prefix(Self.lines.count)) == Self.lines.map(\.1), "\(outcome.errors)")
    }

    @Test(.enabled("the shell is not installed") { has("fish") }) func fishCompletes() throws {
        let user = try Self.workspace()
        for (line, wanted) in Self.lines {
            let outcome = try Tool.run(
                "fish", ["-c", "amx completions fish | source; complete -C '\(line)'"], in: user.directory,
                environment: Self.environment(user))
            let words = outcome.text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
            let word = wanted.split(separator: " ").last.map(String.init) ?? ""
            #expect(line == wanted ? words.isEmpty : words == [word], "\(line): \(words) \(outcome.errors)")
        }
    }

    @Test func unknownShells() throws {
        try AmxTool().fails(2, "completions", "bsh", saying: "did you mean 'bash'")
        try AmxTool().fails(2, "completions", saying: "missing expected argument")
        #expect(try AmxTool().json("completions", "zsh")["script"].string?.hasPrefix("#compdef amx\n") == true)
    }
}
