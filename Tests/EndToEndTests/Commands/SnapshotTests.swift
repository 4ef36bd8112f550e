import Foundation
import Manuals
import TestSupport
import Testing

@testable import amx

/// What every command prints, word for word, and that a terminal adds nothing to it but colour.
///
/// The text stands in `Tests/Snapshots/commands.txt`. When it is to change, `AMX_RECORD_SNAPSHOTS=1` with this suite writes it anew.
@Suite(.onTestThreads) struct SnapshotTests {
    /// One day with `amx`: each command, with what it says when all is well and its main errors.
    private static let day: [String] = [
        "init work", "init work", "-C work status", "-C work new refunds", "-C work new refunds", "-C work new Refunds",
        "-C work status", "-C work status nothere", "-C work log refunds", "-C work diff refunds --name-status",
        "-C work commit -m First", "-C work commit -m Again", "-C work commit", "-C work status",
        "-C work import skill", "-C work import nothere", "-C work commit haggle -m Import",
        "-C work branch refunds", "-C work branch refunds topic", "-C work branch refunds topic",
        "-C work branch refunds bad..name", "-C work switch refunds topic", "-C work switch refunds tpoic",
        "-C work switch refunds main", "-C work release refunds", "-C work release refunds", "-C work release nothere",
        "! printf 'changed\\n' > work/knowledge/capsules/refunds/README.md", "-C work status",
        "-C work diff refunds", "-C work diff refunds --stat", "-C work diff refunds nothere",
        "-C work switch refunds topic", "-C work pack refunds@main -o main.kc", "-C work stash refunds -m Half",
        "-C work stash push refunds", "-C work stash list", "-C work stash pop refunds", "-C work stash pop refunds",
        "-C work stash drop refunds", "-C work discard refunds README.md", "-C work discard refunds --dry-run",
        "-C work discard refunds --yes", "-C work discard refunds --yes", "-C work log refunds",
        "-C work log refunds@v9",
        "-C work show refunds", "-C work show refunds@mian", "-C work cat refunds manifest.jsn",
        "-C work cat refunds@v0.1.0 knowledge/rules/priority.json", "-C work verify", "-C work verify refunds@v0.1.0",
        "-C work scan refunds", "-C work scan refunds@v0.1.0 --fail-on info", "-C work scan nothere",
        "-C work scan ./nothere", "-C work scan --rules work/nothere", "-C work run refunds",
        "-C work run refunds.none",
        "-C work run nothere", "-C work run refunds [", "-C work tools", "-C work tools nothere",
        "-C work test refunds", "-C work run refunds --isolation vm", "-C work hook refunds postInstall",
        "-C work hook refunds postInstal", "-C work approvals",
        "-C work approve 000000000000", "-C work deny 000000000000", "-C work approve x --for 1w",
        "-C work fsck",
        "-C work events",
        "-C work events --type Nope", "-C work events --fold --follow",
        "-C work events --forget nobody", "-C work audit",
        "-C work verify main.kc", "-C work pack refunds", "-C work pack refunds@main", "-C work edit refunds",
        "-C work edit refunds", "-C work edit nothere", "unpack work/main.kc tree",
        "unpack work/main.kc tree",
        "unpack nothere.kc", "-C work remote", "-C work remote add origin HUB", "-C work remote add origin elsewhere",
        "-C work remote list", "-C work remote add spare ../spare", "-C work remote remove spare",
        "-C work remote remove orgin", "login HUB <TOKEN", "logout HUB", "logout HUB", "login nonsense <TOKEN",
        "-C work push origin refunds", "login HUB <TOKEN", "-C work push", "-C work push", "-C work push orgin",
        "-C work fetch",
        "-C work fetch nothere", "-C work pull", "-C work pull refunsd", "clone HUB/refunds.git copy",
        "clone HUB/refunds.git copy", "clone HUB/nothere.git other", "-C copy status", "-C copy edit refunds",
        "! printf 'theirs\\n' > copy/knowledge/capsules/refunds/README.md", "-C copy commit -m Theirs", "-C copy push",
        "-C work fetch", "-C work status", "-C work pull", "-C work log refunds -n 1",
        "! printf 'mine\\n' > work/knowledge/capsules/refunds/README.md", "-C work commit -m Mine",
        "! printf 'theirs again\\n' > copy/knowledge/capsules/refunds/README.md", "-C copy commit -m Later",
        "-C copy push",
        "-C work push", "-C work pull", "-C work pull --merge", "-C work status", "-C work conflicts refunds",
        "-C work resolve refunds READNE.md --ours", "-C work resolve refunds README.md --ours", "-C work commit",
        "-C work push", "-C work config user.name Ada", "-C work config user.name",
        "-C work config limits.entires 3", "-C work config unset limits.entires", "-C work config limits.entires",
        "-C work config list", "-C work merge refunds topic", "-C work merge refunds tpoic",
        "-C work conflicts refunds",
        "-C work resolve refunds README.md --ours",
        "-C work workspace status", "-C work workspace log", "-C work workspace log nothere", "-C work workspace diff",
        "-C work workspace branch", "-C work workspace switch nothere", "-C work workspace show nothere",
        "-C work workspace verify", "-C work workspace verify nothere",
        "-C work workspace merge mian", "-C work workspace merge main", "-C work workspace merge --abort",
        "-C work workspace conflicts", "-C work workspace resolve amx.json --ours", "-C work workspace commit -m Own",
        "-C work ls-remote origin", "-C work ls-remote orgin", "-C work remote show orgin",
        "-C work yank refunds@0.1.0 --reason Wrong", "-C work yank refunds@0.1.0", "-C work yank refunds@v0.1.0 --undo",
        "-C work yank refunds@0.1.0 --undo", "-C work yank refunds@9.9.9", "-C work yank refunds",
        "-C work yank refunds@latest", "-C work yank refunds@0.1.0 --undo --reason x",
        "-C work yank refunds@0.1.0 orgin",
        "-C work remote set-url orgin x", "-C work remote rename origin hub", "-C work remote rename orgin hub",
        "-C work key list", "-C work key show nothere", "-C work key new --nonsense", "-C work trust list",
        "-C work trust add nobody nothere", "-C work trust remove nothere", "-C work sign nothere.kc",
        "-C work release haggle", "-C work push hub haggle", "init shop", "-C shop remote add origin HUB",
        "-C shop tree", "-C shop outdated", "-C shop install", "-C shop undo", "-C shop undo --list",
        "-C shop add haggel", "-C shop add haggle --dev --peer", "-C shop add haggle@nonsense",
        "-C shop add haggle@^2.0.0", "-C shop add haggle --dry-run", "-C shop add haggle", "-C shop add haggle",
        "-C shop status", "-C shop tree", "-C shop health", "-C shop why haggle", "-C shop why hagle",
        "-C shop install --frozen",
        "-C shop bundle -o ../shop.kcbundle", "-C shop bundle create --name No", "-C shop bundle show ../shop.kcbundle",
        "-C shop bundle verify ../shop.kcbundle", "-C shop bundle verify ../shop.kcbundle --require-signed",
        "-C shop bundle verify nothere", "-C shop bundle show amx.json", "init kiosk",
        "-C kiosk install --bundle ../shop.kcbundle --dry-run", "-C kiosk install --bundle ../shop.kcbundle",
        "-C kiosk install --bundle ../shop.kcbundle", "-C kiosk install --frozen",
        "-C shop install haggle --frozen", "-C shop outdated", "-C shop update", "-C shop update hagle",
        "-C shop configure haggle language=de limit=20", "-C shop configure haggle",
        "-C shop configure haggle nonsense", "-C shop configure haggle --unset langauge", "-C shop configure nothere",
        "! sed -i s/0.1.0/0.1.1/ work/knowledge/capsules/haggle/manifest.json", "-C work commit haggle -m Next",
        "-C work release haggle", "-C work push hub haggle", "-C shop outdated", "-C shop update --dry-run",
        "-C shop update", "-C shop rollback haggle", "-C shop rollback haggle 9.9.9", "-C shop rollback haggle x",
        "-C shop rollback nothere", "-C shop undo", "-C shop unremove haggle", "-C shop remove nothere",
        "-C shop remove haggle", "-C shop install", "-C shop unremove haggle", "-C shop unremove nothere",
        "-C shop undo", "-C shop undo --list",
        "man logout",
        "man lgo", "completions fsh", "status", "frobnicate", "log --frobnicate",
        "demo --nonsense", "-C work verify-push",
    ]

    /// Commands that the day leaves out: they have tests of their own, and `doctor` says what is true of a machine.
    private static let left = ["demo", "completions", "doctor", "serve", "watch"]

    private static var file: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Snapshots/commands.txt")
    }

    /// Lives the day, on a terminal or not, and returns each command with what it printed.
    private static func live(onTerminal: Bool) throws -> [(command: String, text: String)] {
        let hub = try HubProcess()
        let user = try AmxTool()
        try user.home.write("work/skill/SKILL.md", text: "---\nname: haggle\ndescription: Haggles.\n---\n\n# Haggle\n")
        let steps = day.map { line in
            guard !line.hasPrefix("! ") else {
                return AmxTool.TerminalStep(words: ["/bin/sh", "-c", String(line.dropFirst(2))], environment: [:])
            }
            let words = line.replacing(" <TOKEN", with: "").replacing("HUB", with: hub.remote).split(separator: " ")
            // The answer to a question that only a terminal is asked.
            var environment = ["KEYS": "n\\n"]
            if line.hasSuffix(" <TOKEN") { environment["AMX_TOKEN"] = hub.token }
            return AmxTool.TerminalStep(words: [Executables.amx] + words.map(String.init), environment: environment)
        }
        let outcomes =
            try onTerminal
            ? user.onTerminal(steps)
            : steps.map { step in
                try Tool.run(
                    step.words[0], Array(step.words.dropFirst()), in: user.directory,
                    environment: user.environment.merging(step.environment) { $1 })
            }
        var result: [(command: String, text: String)] = []
        for (line, outcome) in zip(day, outcomes) {
            var text = outcome.text + outcome.errors
            if line.hasPrefix("! ") {
                guard outcome.status == 0 else { throw TestFailure("\(line): \(text)") }
                continue
            }
            if outcome.status != 0 { text += "[exit \(outcome.status)]\n" }
            result.append((line, text.replacing(hub.remote, with: "HUB").replacing(user.home.path, with: "~")))
        }
        return result
    }

    private static func plain(_ text: String) -> String {
        Transcript.plain(text, home: "~").replacing(/\(\d+ bytes\)/, with: "(<size> bytes)")
            .replacing(/SHA256:[A-Za-z0-9+\/]{43}/, with: "SHA256:<key>")
            .replacing(/\b[0-9a-f]{7}\b/, with: "<oid>")
            // Progress, said where work takes seconds.
            .replacing(
                /(?m:^)(\[\d+\/\d+\] )?\S+: (looking what is missing|(sending|receiving|checking) \d+ objects.*)\n/,
                with: ""
            )
            .replacing("ssh-<oid>", with: "ssh-ed25519")
            .replacing(/(\.TH \S+ 1) \d{4}-\d{2}-\d{2}/) { "\($0.1) <date>" }
    }

    private static let isRecording = ProcessInfo.processInfo.environment["AMX_RECORD_SNAPSHOTS"] == "1"

    /// The recorded commands, each with its output.
    private static func recorded() throws -> [Substring] {
        String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n\n$ amx ")
    }

    /// No control codes: what is left of a text must be lines and columns.
    private func checkControls(_ text: String, of command: String) {
        let codes = text.unicodeScalars.filter {
            $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
        }
        #expect(codes.isEmpty, "\(command): \(text.debugDescription)")
    }

    @Test func theDayHasEveryCommand() throws {
        let shown = try #require(CommandDescription.all).family.filter { $0.children.isEmpty || $0.defaultChild != nil }
        for command in shown where command.name != "help" && !Self.left.contains(command.name) {
            let words = command.path.dropFirst().joined(separator: " ")
            #expect(Self.day.contains { " \($0) ".contains(" \(words) ") }, "the day has no `\(words)`")
        }
    }

    @Test func everyCommandInAPipe() throws {
        let lived = try Self.live(onTerminal: false)
        for (command, text) in lived { checkControls(text, of: command) }
        let transcript = lived.map { "$ amx \($0.command)\n\(Self.plain($0.text))" }.joined(separator: "\n")
        if Self.isRecording {
            try FileManager.default.createDirectory(
                at: Self.file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(transcript.utf8).write(to: Self.file)
        }
        let (found, expected) = (transcript.split(separator: "\n\n$ amx "), try Self.recorded())
        for (found, expected) in zip(found, expected) { #expect(found == expected) }
        #expect(found.count == expected.count, "AMX_RECORD_SNAPSHOTS=1 writes the text anew")
    }

    /// On a terminal there are the same lines, with colours and nothing else.
    @Test(.disabled(if: isRecording, "the text is being written")) func everyCommandOnATerminal() throws {
        var colours = 0
        let (lived, recorded) = (try Self.live(onTerminal: true), try Self.recorded())
        #expect(lived.count == recorded.count)
        for (there, here) in zip(lived, recorded) {
            colours += there.text.matches(of: /\u{1B}\[[0-9;]+m/).count
            // A line of progress is there for a moment, on a busy machine only.
            let text = there.text.replacing("\r\n", with: "\n").replacing(/\u{1B}\[[0-9;]*m/, with: "")
                .replacing(/(?:\r\u{1B}\[K[^\r\n\u{1B}]*)*\r\u{1B}\[K/, with: "")
            checkControls(text, of: there.command)
            // Only a terminal can be asked.
            if there.command.hasSuffix("discard refunds README.md") { continue }
            // What stands on standard output and standard error is mixed there.
            #expect(
                Self.plain(text).split(separator: "\n").sorted()
                    == here.split(separator: "\n").dropFirst().sorted(),
                "\(there.command)")
        }
        #expect(colours > 50)
    }
}
