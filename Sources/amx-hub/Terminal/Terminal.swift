import Foundation
import Glibc
import Objects

/// The one place that writes to the terminal: results to standard output, errors to standard error.
enum Terminal {
    /// Prints one line of a result.
    static func printLine(_ text: String) {
        FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }

    /// Prints a result as one JSON object with sorted keys.
    static func printJSON(_ value: some Encodable) throws {
        printLine(try json(value))
    }

    /// Prints `error:` and `hint:` lines, or with `--json` one object.
    static func printError(_ error: AmxError, asJSON: Bool) {
        let body = ErrorBody(
            error: ErrorBody.Detail(code: error.code.name, message: error.message, hint: error.hint))
        if asJSON, let text = try? json(body) {
            printToStandardError(text)
        } else {
            printToStandardError("error: \(error.message)")
            if let hint = error.hint { printToStandardError("hint: \(hint)") }
        }
    }

    /// Prints what the argument parser says about a wrong command line.
    static func printUsageError(_ message: String, asJSON: Bool) {
        var summary = String(message.prefix { $0 != "\n" })
        if summary.hasPrefix("Error: ") { summary.removeFirst(7) }
        // The parser's last line is: See 'amx-hub token create --help' for more information.
        let help = message.split(separator: "See '").last?.prefix { $0 != "'" } ?? ""
        let command = help.hasSuffix(" --help") ? String(help) : "amx-hub --help"
        let text = summary.prefix(1).lowercased() + summary.dropFirst()
        printError(AmxError(.usage, text, hint: "run `\(command)` for its arguments"), asJSON: asJSON)
    }

    private struct ErrorBody: Encodable {
        struct Detail: Encodable {
            let code: String
            let message: String
            let hint: String?
        }
        let error: Detail
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func printToStandardError(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
