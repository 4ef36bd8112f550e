import ArgumentParser
import Capsules
import Objects

/// What a failed command leaves on standard error, and the exit status that goes with it.
enum ErrorReport {
    /// Reports a thrown error and returns the exit status; help and the version go to standard output with status 0.
    ///
    /// `warnings` are those that no result has; as text they stand there already.
    static func write(
        _ error: any Error, arguments: [String], asJSON: Bool, warnings: [String] = []
    ) -> Int32 {
        if let error = error as? AmxError { return write(error, asJSON: asJSON, warnings) }
        // A status that is an answer and no failure, such as that of `amx diff --exit-code`.
        if let status = error as? ExitCode, status != .validationFailure { return status.rawValue }
        switch Amx.exitCode(for: error) {
        case .success:
            do throws(AmxError) {
                let help = Amx.fullMessage(for: error).replacing(GlobalOptions.usage, with: " [<options>]")
                try StandardStream.output.write(Array("\(help)\n".utf8))
                return 0
            } catch {
                return write(error, asJSON: asJSON, warnings)
            }
        case .validationFailure:
            return write(UsageAdvice.error(Amx.message(for: error), arguments: arguments), asJSON: asJSON, warnings)
        default:
            return write(
                AmxError(
                    .failure, "amx failed: \(error)",
                    hint: "this is a defect of amx: report it with the command that you ran"), asJSON: asJSON, warnings)
        }
    }

    private static func write(_ error: AmxError, asJSON: Bool, _ warnings: [String]) -> Int32 {
        // When standard error is gone too, the exit status says what it can.
        try? StandardStream.error.write(asJSON ? json(error, warnings) : text(error))
        return error.code.exitStatus
    }

    private static func json(_ error: AmxError, _ warnings: [String]) -> [UInt8] {
        var body: JSONObject = [
            "code": .string(error.code.name), "message": .string(error.message), "hint": .optional(error.hint),
        ]
        if let cause = error.cause as? any ErrorDetails { body["details"] = cause.details }
        var report: JSONObject = ["error": .object(body)]
        if !warnings.isEmpty { report["warnings"] = .strings(warnings) }
        let bytes = JSONWriter.bytes(.object(report))
        return (StandardStream.error.isTerminal ? Style.visible(json: bytes) : bytes) + [UInt8(ascii: "\n")]
    }

    private static func text(_ error: AmxError) -> [UInt8] {
        let style = Style(isColored: StandardStream.error.wantsColor)
        var text = "\(style.red("error:")) \(Style.visible(error.message))\n"
        if let hint = error.hint { text += "\(style.cyan("hint:")) \(Style.visible(hint))\n" }
        return Array(text.utf8)
    }
}
