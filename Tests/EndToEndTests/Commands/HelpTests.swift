import ArgumentParser
import Foundation
import Manuals
import TestSupport
import Testing

@testable import amx

/// Help, usage errors and advice.
@Suite(.onTestThreads) struct HelpTests {
    /// Every command that the help shows, as the words behind `amx`.
    static let commands = (CommandDescription.all?.family ?? []).map { Array($0.path.dropFirst()) }
        .filter { !$0.isEmpty && $0 != ["help"] }

    @Test func thereAreCommands() { #expect(Self.commands.count > 40) }

    @Test(arguments: commands) func everyCommandExplainsItself(_ command: [String]) throws {
        let user = try AmxTool()
        let help = try user.run(command + ["--help"])
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(help.text.hasPrefix("OVERVIEW: "))
        #expect(help.text.contains("Example:\n  amx \(command.joined(separator: " "))"))
        #expect(help.text.contains("--json"))
        #expect(try user.run(["help"] + command).text == help.text)
    }

    @Test func theListOfCommandsIsWhole() throws {
        let help = try AmxTool().run("--help").text
        for command in Self.commands { #expect(help.contains("\n  \(command[0]) "), "\(command)") }
    }

    /// The argument parser would derive the name by reflection, for every command at every start: that cost 1.9 ms.
    @Test func everyCommandStatesItsName() {
        var types: [any ParsableCommand.Type] = [Amx.self]
        while let type = types.popLast() {
            let configuration = type.configuration
            #expect(configuration.commandName != nil, "\(type)")
            types += configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
        }
    }

    @Test func theVersion() throws {
        let outcome = try AmxTool().run("--version")
        #expect(outcome.status == 0 && outcome.text == "amx 0.1.0\n" && outcome.errors.isEmpty)
    }

    @Test(arguments: [
        (["stauts"], "error: 'stauts' is not a command of amx\nhint: did you mean 'status'?\n"),
        (["comit", "-m", "x"], "error: 'comit' is not a command of amx\nhint: did you mean 'commit'?\n"),
        (["stat"], "error: 'stat' is not a command of amx\nhint: did you mean 'status'?\n"),
        (["-C", "x", "pul"], "error: 'pul' is not a command of amx\nhint: did you mean 'pull'?\n"),
        (["remote", "ad", "x"], "error: 'ad' is not a command of amx remote\nhint: did you mean 'add'?\n"),
        (["frobnicate"], "error: 'frobnicate' is not a command of amx\nhint: run `amx --help` for the list\n"),
        (["help", "comit"], "error: 'comit' is not a command of amx\nhint: did you mean 'commit'?\n"),
        (["help", "remote", "ad"], "error: 'ad' is not a command of amx remote\nhint: did you mean 'add'?\n"),
        (
            ["checkout", "main"],
            "error: 'checkout' is not a command of amx\n"
                + "hint: `amx switch` goes to a branch, `amx discard` throws changes away\n"
        ),
        (
            ["commit", "-am", "x"],
            "error: unknown option '-a'\nhint: `amx commit` takes every change without it\n"
        ),
        (["log", "-5"], "error: unknown option '-5'\nhint: write it as `-n 5`\n"),
        (["status", "-x"], "error: unknown option '-x'\nhint: run `amx status --help` for its arguments\n"),
        (
            ["push", "--force"],
            "error: unknown option '--force'\nhint: there is --force-with-lease, which replaces only what you have seen\n"
        ),
        // Where it is no option of this command, it is called as it was typed.
        (
            ["pull", "--force-with-lease"],
            "error: unknown option '--force-with-lease'\nhint: run `amx pull --help` for its arguments\n"
        ),
        (["status", "--jsno"], "error: unknown option '--jsno'\nhint: did you mean '--json'?\n"),
        (
            ["status", "--frobnicate"],
            "error: unknown option '--frobnicate'\nhint: run `amx status --help` for its arguments\n"
        ),
        (
            ["commit"],
            "error: missing expected argument '--message <message>'\nhint: run `amx commit --help` for its arguments\n"
        ),
        (["commit", "-m", " "], "error: the message is empty\nhint: run `amx commit --help` for its arguments\n"),
        (["new"], "error: missing expected argument '<id>'\nhint: run `amx new --help` for its arguments\n"),
        (
            ["log", "x", "-n", "-1"],
            "error: missing value for '-n <count>'\nhint: run `amx log --help` for its arguments\n"
        ),
    ]) func wrongUsage(_ arguments: [String], _ expected: String) throws {
        let outcome = try AmxTool().run(arguments)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors == expected)
    }
}
