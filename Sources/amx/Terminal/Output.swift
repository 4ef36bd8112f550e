import Capsules
import Objects

/// What a command says: the one place that knows whether it goes out as text or as JSON.
///
/// Results go to standard output, at the end or when there is much of them; warnings to standard error at once.
final class Output {
    /// Whether `--json` was given.
    let asJSON: Bool
    /// Whether `--quiet` was given.
    let isQuiet: Bool
    private let style: Style
    private var pending: [UInt8] = []

    /// Starts with nothing to say.
    init(_ options: GlobalOptions) {
        asJSON = options.asJSON
        isQuiet = options.quiet
        style = Style(isColored: StandardStream.output.wantsColor)
    }

    /// Shows what was asked for. The text is one or more lines without the last line's end; an empty text shows nothing.
    /// Names in it may come from anywhere: nothing but the style's own colours reaches a terminal unescaped.
    func show(json: @autoclosure () throws -> JSONValue, text: (Style) throws -> String) throws {
        if asJSON { return try write(json()) }
        let text = try style.visible(text(style))
        if !text.isEmpty { try write(Array(text.utf8) + [UInt8(ascii: "\n")]) }
    }

    /// Shows what was done, which `--quiet` leaves out.
    func confirm(json: @autoclosure () throws -> JSONValue, text: (Style) throws -> String) throws {
        if asJSON || !isQuiet { try show(json: json(), text: text) }
    }

    /// Shows content as it is.
    func show(json: @autoclosure () throws -> JSONValue, bytes: (Style) throws -> [UInt8]) throws {
        if asJSON { try write(json()) } else { try write(bytes(style)) }
    }

    /// Says what the user should know; with `--json` it belongs into the result instead.
    func warn(_ text: String) throws {
        guard !asJSON, !isQuiet else { return }
        let label = Style(isColored: StandardStream.error.wantsColor).yellow("warning:")
        try StandardStream.error.write(Array("\(label) \(Style.visible(text))\n".utf8))
    }

    /// Says something before a question or a long work, on standard error.
    func tell(_ text: (Style) -> String) throws {
        let style = Style(isColored: StandardStream.error.wantsColor)
        try StandardStream.error.write(Array("\(style.visible(text(style)))\n".utf8))
    }

    /// A display for long work.
    func progress() -> ProgressDisplay {
        ProgressDisplay(isSilent: isQuiet || asJSON)
    }

    /// Writes out what has been shown so far.
    func flush() throws(AmxError) {
        let bytes = pending
        pending = []
        try StandardStream.output.write(bytes)
    }

    private func write(_ value: JSONValue) throws(AmxError) {
        guard StandardStream.output.isTerminal else {
            return try write(JSONWriter.bytes(value, .compact) + [UInt8(ascii: "\n")])
        }
        try write(Style.visible(json: JSONWriter.bytes(value, .pretty)))
    }

    private func write(_ bytes: [UInt8]) throws(AmxError) {
        pending += bytes
        if pending.count > 1 << 16 { try flush() }
    }
}
