import ArgumentParser
import Capsules
import Objects

/// What a failed command leaves on standard error, and the exit status that goes with it.
enum ErrorReport {
    /// Reports a thrown error and returns the exit status; help and the version go to standard output with status 0.
    static func write(_ error: any Error, arguments: [String], asJSON: Bool) -> Int32 {
        if let error = error as? AmxError { return write(error, asJSON: asJSON) }
        // A status that is an answer and no failure, such as that of `amx diff --exit-code`.
        if let status = error as? ExitCode, status != .validationFailure { return status.rawValue }
        switch Amx.exitCode(for: error) {
        case .success:
            do throws(AmxError) {
                let help = Amx.fullMessage(for: error).replacing(GlobalOptions.usage, with: " [<options>]")
                try StandardStream.output.write(Array("\(help)\n".utf8))
                return 0
            } catch {
                return write(error, asJSON: asJSON)
            }
        case .validationFailure:
            return write(UsageAdvice.error(Amx.message(for: error), arguments: arguments), asJSON: asJSON)
        default:
            return write(
                AmxError(
                    .failure, "amx failed: \(error)",
                    hint: "this is a defect of amx: report it with the command that you ran"), asJSON: asJSON)
        }
    }

    private static func write(_ error: AmxError, asJSON: Bool) -> Int32 {
        // When standard error is gone too, the exit status says what it can.
        try? StandardStream.error.write(asJSON ? json(error) : text(error))
        return error.code.exitStatus
    }

    private static func json(_ error: AmxError) -> [UInt8] {
        var body: JSONObject = [
            "code": .string(error.code.name), "message": .string(error.message), "hint": .optional(error.hint),
        ]
        if let cause = error.cause as? any ErrorDetails { body["details"] = cause.details }
        let bytes = JSONWriter.bytes(["error": .object(body)])
        return (StandardStream.error.isTerminal ? Style.visible(json: bytes) : bytes) + [UInt8(ascii: "\n")]
    }

    private static func text(_ error: AmxError) -> [UInt8] {
        let style = Style(isColored: StandardStream.error.wantsColor)
        var text = "\(style.red("error:")) \(Style.visible(error.message))\n"
        if let hint = error.hint { text += "\(style.cyan("hint:")) \(Style.visible(hint))\n" }
        return Array(text.utf8)
    }
}
