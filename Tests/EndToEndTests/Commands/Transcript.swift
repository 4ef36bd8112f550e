import Foundation
import TestSupport

/// What a user sees who types some commands: the commands, what they print, and exit statuses other than 0.
///
/// Ids, digests, times and the user's home are replaced by marks, so that the text is the same in every run.
struct Transcript {
    private let user: AmxTool
    private(set) var text = ""

    /// A session of a user.
    init(_ user: AmxTool) { self.user = user }

    /// Runs commands in a directory and returns all that they print.
    static func of(_ user: AmxTool, _ commands: [String]...) throws -> String {
        var transcript = Transcript(user)
        for command in commands { try transcript.run(command) }
        return transcript.text
    }

    private mutating func run(_ arguments: [String]) throws {
        let outcome = try user.run(arguments)
        text += "$ amx \(arguments.joined(separator: " "))\n"
        text += Self.plain(outcome.text + outcome.errors, home: user.home.path)
        if outcome.status != 0 { text += "[exit \(outcome.status)]\n" }
    }

    /// Replaces what differs from run to run.
    static func plain(_ text: String, home: String) -> String {
        text.replacing(home, with: "~")
            .replacing(/sha256:[0-9a-f]{64}/, with: "sha256:<digest>")
            .replacing(/SHA256:[A-Za-z0-9+\/]{43}/, with: "SHA256:<key>")
            .replacing(/\b[0-9a-f]{40}\b/, with: "<oid>")
            .replacing(/\b[0-9a-f]{32}\b/, with: "<replica>")
            .replacing(#/(?m:^)[0-9a-f]{8}-(\d+) /#) { "<replica>-\($0.1) " }
            .replacing(/\b[0-9a-f]{10}\b/, with: "<oid>")
            .replacing(/\b[0-9a-f]{7}\.\.[0-9a-f]{7}\b/, with: "<oids>")
            .replacing(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})/, with: "<time>")
            .replacing(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}/, with: "<time>")
            .replacing(/127\.0\.0\.1:\d+/, with: "127.0.0.1:<port>")
    }
}
