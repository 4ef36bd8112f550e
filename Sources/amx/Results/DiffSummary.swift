import Capsules
import Objects

/// The parts of a difference as `amx diff` tells them to people: what widens trust first, then version and dependencies, what breaks,
/// and the files.
struct DiffSummary {
    private let style: Style

    /// More values of one file or entry are only counted.
    private static let maximumValues = 40

    private let values = ValueText()

    init(_ style: Style) { self.style = style }

    // MARK: The capsule

    /// Everything before the files.
    func head(_ title: String, _ sides: String, _ difference: Difference) -> [UInt8] {
        var lines = ["\(style.bold(title))  \(sides)"]
        if !difference.trust.isEmpty {
            lines += ["", style.bold("Trust")] + trust(difference.trust)
        }
        if let version = difference.version {
            let step = version.step == .unknown ? "" : " (\(version.step.rawValue))"
            lines += ["", "\(style.bold("Version"))  \(version.old ?? "none") -> \(version.new ?? "none")\(step)"]
        }
        if !difference.dependencies.isEmpty {
            lines += ["", style.bold("Dependencies")] + difference.dependencies.map(dependency)
        }
        if !difference.breaking.isEmpty {
            lines += ["", style.bold("Breaking")]
            lines += difference.breaking.map { "  \(style.red($0.rule.words)): \(safe($0.subject))" }
        }
        return text(lines)
    }

    private func trust(_ changes: [TrustChange]) -> [String] {
        let width = changes.map(\.kind.rawValue.count).max() ?? 0
        return changes.flatMap { change -> [String] in
            let label = padded(change.direction.rawValue, 7)
            let colored =
                switch change.direction {
                case .widens: style.red(label)
                case .alters: style.yellow(label)
                case .narrows: style.green(label)
                }
            let line = "  \(colored)  \(padded(change.kind.rawValue, width))  \(safe(change.subject))"
            switch (change.old, change.new) {
            case (nil, .some(let value)): return [line + addition(value, to: change.subject)]
            case (.some(let old), .some(let new)) where old != new: return [line] + replacement(old, new)
            default: return [line]
            }
        }
    }

    /// What an entry that came says beside its name.
    private func addition(_ value: JSONValue, to subject: String) -> String {
        switch value {
        case .string(let text): subject.hasSuffix(text) ? "" : ": \(values.cut(text))"
        case .object(let object): object["description"]?.string.map { ": \(values.cut($0))" } ?? ""
        case .bool(true), .null, .array: ""
        default: ": \(values.shown(value))"
        }
    }

    /// What took the place of what: the texts, or the places within that differ.
    private func replacement(_ old: JSONValue, _ new: JSONValue) -> [String] {
        if (old.object != nil && new.object != nil) || (old.array != nil && new.array != nil) {
            let difference = JSONDifference(old, new)
            return difference.changes.prefix(Self.maximumValues).map { "  " + value($0) } + rest(difference)
        }
        let (before, after) = values.shown(old, new)
        return ["      \(style.red("- \(before)"))", "      \(style.green("+ \(after)"))"]
    }

    private func rest(_ difference: JSONDifference) -> [String] {
        let count = difference.count - Self.maximumValues
        return count > 0 ? ["    and \(count) more, which --json lists"] : []
    }

    private func dependency(_ change: DependencyChange) -> String {
        let name = change.kind == change.id ? change.id : safe(change.id)
        let list = ["dependencies", change.id].contains(change.kind) ? "" : "  (\(change.kind))"
        switch (change.old, change.new) {
        case (nil, let new): return "  \(style.green("+ \(name) \(values.cut(new ?? ""))"))\(list)"
        case (let old, nil): return "  \(style.red("- \(name) \(values.cut(old ?? ""))"))\(list)"
        case (.some(let old), .some(let new)):
            return "  \(style.yellow("~ \(name) \(values.cut(old)) -> \(values.cut(new))"))\(list)"
        }
    }

    // MARK: Files

    /// The line above the files of a type.
    func heading(_ type: ChangeType) -> [UInt8] {
        let name = type.rawValue.prefix(1).uppercased() + type.rawValue.dropFirst()
        return text(["", style.bold(name)])
    }

    /// A file with what differs in it.
    func file(_ file: FileDifference, _ detail: FileDetail, _ sizes: (old: Int?, new: Int?)) -> [UInt8] {
        let letter =
            switch file.operation {
            case .create: style.green(file.letter)
            case .update, .move: style.yellow(file.letter)
            case .delete: style.red(file.letter)
            }
        var name = safe(file.path.string)
        if let from = file.renamedFrom { name = "\(safe(from.string)) -> \(name)" }
        var notes = [file.scope.rawValue]
        if file.operation == .move { notes.append("\(file.change.similarity ?? 0)% the same") }
        if let from = file.change.from, let to = file.change.to, from.mode != to.mode {
            notes.append("mode \(from.mode.octal) -> \(to.mode.octal)")
        }
        if !file.isReversible { notes.append("the old content is in no commit") }
        let (summary, lines) = content(file, detail, sizes)
        if let summary { notes.append(summary) }
        if let note = detail.note { notes.append(note) }
        return text(["\(letter) \(name)  (\(safe(notes.joined(separator: "; "))))"]) + lines
    }

    private func content(
        _ file: FileDifference, _ detail: FileDetail, _ sizes: (old: Int?, new: Int?)
    ) -> (summary: String?, lines: [UInt8]) {
        switch detail.form {
        case .same: return (nil, [])
        case .values(let difference):
            guard difference.count > 0 else { return ("only its layout", []) }
            let lines = difference.changes.prefix(Self.maximumValues).map(value) + rest(difference)
            return (Self.count(difference.count, "value", "values"), text(lines))
        case .rows(let rows): return (nil, text(["    \(RowText(rows).line)"]))
        case .rowCount(let count, let width):
            return (Self.count(count, "row", "rows") + (width.map { " of \($0) numbers" } ?? ""), [])
        case .lines(let diff):
            // What went is in the history; what came has to be read.
            let hunks = file.operation == .delete ? [] : PatchText.shown(diff.hunks, style, indent: "    ")
            return ("+\(diff.insertions) -\(diff.deletions)", hunks)
        case .binary:
            let digests = [detail.oldDigest, detail.newDigest].compactMap { $0.map { "sha256 \($0.hex.prefix(12))" } }
            let bytes = [sizes.old, sizes.new].compactMap { $0.map { Self.count($0, "byte", "bytes") } }
            return (
                zip(bytes, digests).map { "\($0), \($1)" }.joined(separator: " -> "), []
            )
        }
    }

    private func value(_ change: ValueChange) -> String {
        let path = safe(change.path.description)
        switch (change.old, change.new) {
        case (.some, .some) where change.movedFrom != nil:
            return "    \(style.yellow("> \(path)")): moved from \(safe(change.movedFrom?.description ?? ""))"
        case (.some(let old), .some(let new)):
            let (before, after) = values.shown(old, new)
            return "    \(style.yellow("~ \(path)")): \(style.red(before)) -> \(style.green(after))"
        case (nil, let new): return "    \(style.green("+ \(path)")): \(new.map(values.shown) ?? "")"
        case (let old, nil): return "    \(style.red("- \(path)")): \(old.map(values.shown) ?? "")"
        }
    }

    // MARK: Text

    private func safe(_ text: String) -> String { ValueText.safe(text) }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    private func text(_ lines: [String]) -> [UInt8] { lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] } }
}
