import Foundation
import TestSupport
import Testing

/// The manual pages of `amx-hub`, and its completion.
@Suite struct ManualTests {
    private func run(_ arguments: [String], input: [UInt8] = []) async throws -> Tool.Outcome {
        try await Offload.run { try Tool.run(HubProcess.program, arguments, input: input) }
    }

    /// Writes all pages and returns their files.
    private func pages(_ folder: TemporaryDirectory) async throws -> [String] {
        let written = try await run(["man", "--output", folder.appending("pages"), "--json"])
        #expect(written.status == 0, "\(written.errors)")
        let files = try JSONSerialization.jsonObject(with: Data(written.output)) as? [String: [String]]
        return try #require(files?["files"])
    }

    @Test func everyCommandHasItsPage() async throws {
        let folder = try TemporaryDirectory("amx-hub-man")
        let files = try await pages(folder)
        let names = Set(files.map { ($0 as NSString).lastPathComponent })
        #expect(names.isSuperset(of: ["amx-hub.1", "amx-hub-serve.1", "amx-hub-token-create.1", "amx-hub-man.1"]))
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.appending("pages"))) == names)
        // The help lists each, and each says what its help says.
        for name in names {
            let words = name.dropLast(2).split(separator: "-").dropFirst(2).map(String.init)
            let help = try await run(words + ["--help"])
            let usage = "USAGE: \((["amx-hub"] + words).joined(separator: " "))"
            #expect(help.status == 0 && help.text.contains(usage), "\(name): \(help.text)\(help.errors)")
            #expect(help.text.contains("Example"), "\(name)")
            let page = try await run(["man"] + words)
            #expect(page.text.hasPrefix(".TH \(name.dropLast(2).uppercased()) 1 "), "\(page.text)\(page.errors)")
            #expect(page.text.contains("\"amx-hub 0.1.0\""))
            #expect(try page.output == folder.read("pages/\(name)"))
        }
    }

    @Test(.enabled(if: Tool.exists("groff"), "groff is not installed")) func groffTakesThemWithoutWarnings()
        async throws
    {
        let folder = try TemporaryDirectory("amx-hub-man")
        let files = try await pages(folder)
        let outcome = try await Offload.run {
            try Tool.run(
                "groff", ["-man", "-ww", "-z", "-Tutf8"] + files, in: folder.path, environment: ["LC_ALL": "C.UTF-8"])
        }
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test(.enabled(if: Tool.exists("mandoc"), "mandoc is not installed")) func mandocTakesThemWithoutWarnings()
        async throws
    {
        let folder = try TemporaryDirectory("amx-hub-man")
        let files = try await pages(folder)
        let outcome = try await Offload.run {
            try Tool.run("mandoc", ["-Tlint", "-Wwarning"] + files, in: folder.path)
        }
        #expect(outcome.status == 0 && outcome.text.isEmpty, "\(outcome.text)\(outcome.errors)")
    }

    @Test func unknownCommandsAndShells() async throws {
        for (arguments, status, words) in [
            (["man", "serv"], 3, "did you mean 'serve'?"), (["man", "token", "creat"], 3, "did you mean 'create'?"),
            (["man", "serve", "--output", "x"], 2, "all commands"), (["completions", "bsh"], 2, "did you mean 'bash'"),
        ] {
            let outcome = try await run(arguments)
            #expect(
                outcome.status == Int32(status) && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
        }
    }

    /// Bash itself completes commands and options by the script.
    @Test(.enabled(if: Tool.exists("bash"), "bash is not installed")) func bashCompletes() async throws {
        let folder = try TemporaryDirectory("amx-hub-completions")
        let script = try await run(["completions", "bash"])
        #expect(script.status == 0)
        try folder.write("script", script.output)
        for (line, wanted) in [("to", "token"), ("serve --publ", "--public-read"), ("token cr", "create")] {
            let words = (["amx-hub"] + line.split(separator: " ").map(String.init)).map { "'\($0)'" }
            let typed = """
                source ./script
                COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
                COMP_LINE='amx-hub \(line)'; COMP_POINT=${#COMP_LINE}
                command=$(complete -p amx-hub); function=${command#*-F }; function=${function%% *}
                "$function" amx-hub "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let outcome = try await Offload.run { try Tool.run("bash", ["-c", typed], in: folder.path) }
            #expect(outcome.text.trimmingCharacters(in: .whitespacesAndNewlines) == wanted, "\(line): \(outcome)")
        }
        let zsh = try await run(["completions", "zsh", "--json"])
        #expect(zsh.text.contains("#compdef amx-hub"))
    }
}
