import Capsules
import Objects

/// What a command says: the one place that knows whether it goes out as text or as JSON.
///
/// Results go to standard output, at the end or when there is much of them; warnings to standard error at once, or with `--json` into the
/// result.
final class Output {
    /// Whether `--json` was given.
    let asJSON: Bool
    /// Whether `--quiet` was given.
    let isQuiet: Bool
    private let style: Style
    /// The command that long output goes through; nil where it does not.
    private let pagerCommand: String?
    private var isPaged = false
    private var pager: Pager?
    private var pending: [UInt8] = []
    /// The result for `--json`, which waits for warnings.
    private var result: JSONValue?
    /// Warnings that no result has yet.
    private var warnings: [String] = []

    /// Starts with nothing to say.
    ///
    /// - Parameter pager: The command for long output that a person reads, if any.
    init(_ options: GlobalOptions, pager: String? = nil) {
        pagerCommand = pager
        asJSON = options.asJSON
        isQuiet = options.quiet
        style = Style(isColored: StandardStream.output.wantsColor)
    }

    /// Lets a person read what follows page by page.
    func page() { isPaged = !asJSON && StandardStream.output.isTerminal }

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

    /// Says what the user should know; with `--json` the result has it among its `warnings`, but for what it has there, or in a list of
    /// failures, by itself.
    func warn(_ text: String, isInResult: Bool = false) throws {
        guard !asJSON else {
            if !isInResult { warnings.append(text) }
            return
        }
        guard !isQuiet else { return }
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
        try writeResult()
        let bytes = pending
        pending = []
        if isPaged, pager == nil, !bytes.isEmpty, let pagerCommand { pager = Pager(pagerCommand) }
        if let pager { pager.write(bytes) } else { try StandardStream.output.write(bytes) }
    }

    /// Writes out the rest, and waits until a person has read it.
    func finish() throws(AmxError) {
        defer { pager?.finish() }
        try flush()
    }

    /// The warnings that came with no result, for the report of what went wrong.
    func takeWarnings() -> [String] {
        defer { warnings = [] }
        return warnings
    }

    private func write(_ value: JSONValue) throws(AmxError) {
        try writeResult()
        result = value
    }

    /// Writes the result with what there was to warn of.
    private func writeResult() throws(AmxError) {
        guard var value = result else { return }
        result = nil
        if case .object(let object) = value, !warnings.isEmpty { value = .object(object.adding(takeWarnings())) }
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

extension JSONObject {
    /// A result with more warnings than its own.
    fileprivate func adding(_ warnings: [String]) -> JSONObject {
        var object = self
        object["warnings"] = .array((self["warnings"]?.array ?? []) + warnings.map(JSONValue.string))
        return object
    }
}
