/// A command's manual page in roff, from the same description as its `--help`.
struct ManualPage {
    private let command: CommandDescription
    private let parent: CommandDescription?
    private var lines: [String] = []

    /// Input lines are kept short, as pages written by hand are.
    private static let width = 76

    /// The page of a command below another one, in a version of its program of some day.
    init(_ command: CommandDescription, below parent: CommandDescription?, version: String, date: String) {
        self.command = command
        self.parent = parent
        let title = Self.name(command).uppercased()
        lines = [".TH \(title) 1 \(date) \"\(command.path.first ?? "") \(version)\" \"Amx Manual\""]
        section("NAME")
        let abstract = command.abstract.hasSuffix(".") ? String(command.abstract.dropLast()) : command.abstract
        line(
            "\(Self.escaped(Self.name(command))) \\- \(Self.escaped(abstract.prefix(1).lowercased() + abstract.dropFirst()))"
        )
        section("SYNOPSIS")
        literal(command.usage)
        section("DESCRIPTION")
        prose("\(command.abstract)\n\n\(command.discussion)")
        if !command.children.isEmpty {
            section("COMMANDS")
            for child in command.children {
                item("\\fB\(Self.escaped(child.path.joined(separator: " ")))\\fR", child.abstract)
            }
        }
        let arguments = command.positionals.filter { !$0.abstract.isEmpty }
        if !arguments.isEmpty {
            section("ARGUMENTS")
            for argument in arguments {
                item("\\fI\(Self.escaped("<\(argument.valueName)>"))\\fR", Self.text(of: argument))
            }
        }
        section("OPTIONS")
        for option in command.options {
            let names = option.names.map { "\\fB\(Self.escaped($0))\\fR" }.joined(separator: ", ")
            let value = option.valueName.isEmpty ? "" : " \\fI\(Self.escaped("<\(option.valueName)>"))\\fR"
            item(names + value, Self.text(of: option))
        }
        section("SEE ALSO")
        let others = (parent.map { [$0] } ?? []) + command.children
        let shown = others.isEmpty ? [command] : others
        for (index, other) in shown.enumerated() {
            lines.append(".BR \(Self.escaped(Self.name(other))) (1)\(index < shown.count - 1 ? "," : "")")
        }
    }

    /// The page's text.
    var text: String { lines.joined(separator: "\n") + "\n" }

    /// The name of a command's page: `amx-remote-add`.
    static func name(_ command: CommandDescription) -> String { command.path.joined(separator: "-") }

    private static func text(of argument: ArgumentDescription) -> String {
        let values = argument.values.isEmpty ? "" : " One of: \(argument.values.joined(separator: ", "))."
        let standard = argument.defaultValue.map { " By default \($0)." } ?? ""
        return argument.abstract + values + standard
    }

    // MARK: Requests

    private mutating func section(_ title: String) { lines.append(".SH \(title)") }

    private mutating func item(_ tag: String, _ text: String) {
        lines += [".TP", tag]
        filled(text.isEmpty ? "See above." : text)
    }

    private mutating func line(_ text: String) { lines.append(text) }

    private mutating func literal(_ texts: [String]) {
        lines.append(".nf")
        for text in texts { lines.append(Self.escaped(text)) }
        lines.append(".fi")
    }

    /// Paragraphs of a help text: lines that are indented stay as they are.
    private mutating func prose(_ text: String) {
        var isFirst = true
        for paragraph in text.split(separator: "\n\n") {
            if !isFirst { lines.append(".PP") }
            isFirst = false
            var flow: [Substring] = []
            var kept: [String] = []
            for line in paragraph.split(separator: "\n") {
                guard line.hasPrefix("  ") else {
                    if !kept.isEmpty {
                        literal(kept)
                        kept = []
                    }
                    flow.append(line)
                    continue
                }
                kept.append(String(line))
                if !flow.isEmpty {
                    filled(flow.joined(separator: " "))
                    flow = []
                    lines.append(".PP")
                }
            }
            if !flow.isEmpty { filled(flow.joined(separator: " ")) }
            if !kept.isEmpty { literal(kept) }
        }
    }

    /// A paragraph, a sentence or less on each line.
    private mutating func filled(_ text: String) {
        var current = ""
        for word in text.split(separator: " ") {
            let piece = Self.escaped(String(word))
            if !current.isEmpty, current.utf8.count + 1 + piece.utf8.count > Self.width {
                lines.append(current)
                current = ""
            }
            current += current.isEmpty ? Self.protected(piece) : " \(piece)"
            if ".?!".contains(word.last ?? "x"), word.count > 1 {
                lines.append(current)
                current = ""
            }
        }
        if !current.isEmpty { lines.append(current) }
    }

    /// Text in which nothing is a request or an escape.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "`": result += "\\(ga"
            case "'": result += "\\(aq"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            default: result.append(character)
            }
        }
        return protected(result)
    }

    /// A line that does not start as a request does.
    private static func protected(_ line: String) -> String {
        line.hasPrefix(".") || line.hasPrefix("'") ? "\\&\(line)" : line
    }
}
