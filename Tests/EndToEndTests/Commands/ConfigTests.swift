import Foundation
import TestSupport
import Testing

/// `amx config`, and that settings do what they say.
@Suite(.onTestThreads) struct ConfigTests {
    /// A relative path in the variable is to be ignored (XDG base directory specification).
    @Test func aRelativeFolderOfSettingsIsPassedOver() throws {
        let user = try AmxTool().workspace()
        let set = try Tool.run(
            Executables.amx, ["config", "--global", "color.ui", "never"], in: user.directory,
            environment: user.environment.merging(["XDG_CONFIG_HOME": "relative"]) { $1 })
        #expect(set.status == 0, "\(set.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(user.directory)/relative"))
        #expect(try user.run("config", "color.ui").text == "never\n")
    }

    @Test func gettingSettingAndListing() throws {
        let user = try AmxTool().workspace()
        let text = try Transcript.of(
            user, ["config", "user.name", "Ada L"], ["config", "user.name"], ["config", "get", "user.name"],
            ["config", "--get", "USER.Name"], ["config", "set", "--global", "color.ui", "never"],
            ["config", "--list", "--show-origin"], ["config", "list", "--global"], ["config", "unset", "user.name"],
            ["config", "--unset", "user.name"], ["config", "user.name", "--show-origin"],
            ["config", "--global", "--unset", "color.ui"], ["config", "color.ui"])
        #expect(
            text == """
                $ amx config user.name Ada L
                user.name is Ada L
                $ amx config user.name
                Ada L
                $ amx config get user.name
                Ada L
                $ amx config --get USER.Name
                Ada L
                $ amx config set --global color.ui never
                color.ui is never
                $ amx config --list --show-origin
                file:~/.gitconfig	user.name=Ada
                file:~/.gitconfig	user.email=ada@example.com
                file:~/.config/amx/config	color.ui=never
                file:.aimatrix/config	core.formatVersion=1
                file:.aimatrix/config	user.name=Ada L
                $ amx config list --global
                color.ui=never
                $ amx config unset user.name
                user.name is not set any more
                $ amx config --unset user.name
                error: user.name is not set
                hint: `amx config list` shows what is set
                [exit 3]
                $ amx config user.name --show-origin
                file:~/.gitconfig	Ada
                $ amx config --global --unset color.ui
                color.ui is not set any more
                $ amx config color.ui
                error: color.ui is not set
                hint: without it, it is auto
                [exit 3]

                """)
    }

    /// git reads what Amx writes, and Amx what git writes.
    @Test func theFileIsGits() throws {
        let user = try AmxTool().workspace()
        let values = ["plain", "two words", "quoted \"x\" \\ y", "tab\there", "# no comment ; here", " blanks ", "ünï"]
        for (index, value) in values.enumerated() {
            try user.json("config", "x-y.Part \(index).some-name", value)
            let read = try git(user, "--get", "x-y.Part \(index).some-name")
            #expect(read == value)
            try git(user, "x-y.back\(index).name", value)
            #expect(try user.json("config", "x-y.back\(index).name")["value"].string == value)
        }
    }

    @discardableResult private func git(_ user: AmxTool, _ arguments: String...) throws -> String {
        let outcome = try Tool.run(
            "git", ["config", "-f", "\(user.directory)/.aimatrix/config"] + arguments, in: user.directory,
            environment: user.environment)
        return outcome.text.hasSuffix("\n") ? String(outcome.text.dropLast()) : outcome.text
    }

    @Test(arguments: [
        (["config", "usr.name", "x"], 0, "warning: amx reads no setting usr.name: did you mean 'user.name'?\n"),
        (["config", "limits.entires"], 3, "hint: did you mean 'limits.entries'?\n"),
        (["config", "limits.entries"], 3, "hint: without it, it is 50000\n"),
        (["config", "limits.entries", "many"], 1, "error: limits.entries cannot be 'many'\n"),
        (["config", "limits.entries", "-1"], 2, "error: "), (["config", "limits.entries", "0"], 1, "from 1 to"),
        (["config", "limits.packBytes", "9999999999999999g"], 1, "cannot be"),
        (["config", "limits.jsonDepth", "513"], 1, "from 1 to 512"),
        (["config", "color.ui", "alwyas"], 1, "hint: did you mean 'always'?\n"),
        (["config", "commit.gpgSign", "maybe"], 1, "hint: set it to true or false\n"),
        (["config", "name", "x"], 2, "error: 'name' is not a setting's key\n"),
        (["config", ".name", "x"], 2, "is not a setting's key"),
        (["config", "a.1b", "x"], 2, "is not a setting's key"),
        (["config", "a.b\nc.d", "x"], 2, "is not a setting's key"),
        (["config", "get", "user.name", "x"], 2, "error: unexpected argument 'x'\n"),
        (["config", "set", "user.name"], 2, "error: missing expected argument '<value>'\n"),
        (["config", "--list", "--unset", "user.name"], 2, "only one of get, set, unset and list"),
    ]) func advice(_ arguments: [String], _ status: Int32, _ words: String) throws {
        let outcome = try AmxTool().workspace().run(arguments)
        #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.text)\(outcome.errors)")
    }

    @Test func outsideAWorkspace() throws {
        let user = try AmxTool()
        try user.json("config", "--global", "user.email", "other@example.com")
        #expect(try user.json("config", "user.email")["scope"].string == "user")
        #expect(try user.json("config", "user.name")["scope"].string == "git")
        try user.fails(1, "config", "user.name", "x", saying: "set it for all with --global")
        let work = try user.workspace()
        try work.newCapsule("refunds")
        #expect(try work.json("log", "refunds")["commits"][0]["author"]["email"].string == "other@example.com")
    }

    @Test func limitsHold() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("pack", "refunds@main", "-o", "good.kc")
        for (name, value, command) in [
            ("entries", "3", ["status"]), ("entries", "3", ["unpack", "good.kc", "tree"]),
            ("objectBytes", "20", ["unpack", "good.kc", "tree"]),
            ("expandedBytes", "1k", ["unpack", "good.kc", "tree"]),
            ("manifestBytes", "100", ["commit", "-m", "x"]), ("jsonDepth", "1", ["commit", "-m", "x"]),
        ] {
            try user.write("refunds", "README.md", "changed for \(name)\n")
            try user.json("config", "limits.\(name)", value)
            let outcome = try user.run(command)
            #expect(outcome.status == 1, "\(name): \(outcome.text)\(outcome.errors)")
            if name != "jsonDepth" { #expect(outcome.errors.contains("the limit '\(name)'"), "\(outcome.errors)") }
            try user.json("config", "unset", "limits.\(name)")
            #expect(try user.run(command).status == 0)
            try? FileManager.default.removeItem(atPath: "\(user.directory)/tree")
        }
    }

    /// A setting that is wrong stops commands, but not the one that puts it right.
    @Test func wrongSettingsCanBePutRight() throws {
        let user = try AmxTool().workspace()
        try git(user, "limits.entries", "foo")
        try user.fails(1, "status", saying: "limits.entries cannot be 'foo'")
        try user.json("config", "limits.entries", "10k")
        #expect(try user.run("status").status == 0)
    }

    @Test func colourCanBeChosen() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        let green = "\u{1B}[32mclean\u{1B}[0m"
        #expect(try user.run("status", "--color", "always").text.contains(green))
        #expect(try user.run("--color=always", "log", "nothere").errors.hasPrefix("\u{1B}[31merror:"))
        #expect(try user.run("stauts", "--color=always").errors.hasPrefix("\u{1B}[31merror:"))
        try user.json("config", "color.ui", "always")
        // What the environment says counts for more than a setting, and less than an option.
        #expect(try !user.run("status").text.contains("\u{1B}"))
        var environment = user.environment
        environment["NO_COLOR"] = ""
        let run = { (arguments: [String], environment: [String: String]) in
            try Tool.run(Executables.amx, arguments, in: user.directory, environment: environment).text
        }
        #expect(try run(["status"], environment).contains(green))
        #expect(try !run(["status", "--color", "never"], environment).contains("\u{1B}"))
        try user.json("config", "unset", "color.ui")
        #expect(try !run(["status"], environment).contains("\u{1B}"))
        #expect(try run(["status"], environment.merging(["CLICOLOR_FORCE": "1"]) { $1 }).contains(green))
        try user.fails(2, "status", "--color", "sometimes", saying: "sometimes")
    }

    /// `docs/cli.md` lists what `amx config --help` lists.
    @Test func everySettingIsDocumented() throws {
        let help = try AmxTool().run("config", "--help").text
        let keys = DocumentationTests.page.matches(
            of: /\n\| `([a-zA-Z]+\.[a-zA-Z<>.]+)` \| [^|]+ \| (?:`([^`]+)`)? ?\|/)
        #expect(keys.count > 25)
        for key in keys {
            let line = "\n  \(key.1)\(key.2.map { " (\($0))" } ?? ""): "
            #expect(help.contains(line), "\(line)")
        }
        #expect(help.matches(of: #/\n  [a-z]+\.[a-zA-Z<>.]+( \([^)]*\))?: /#).count == keys.count)
    }
}
