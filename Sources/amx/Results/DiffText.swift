import Objects
import Workspaces

/// A comparison as text: git's unified form, or the lines of `--stat`.
struct DiffText {
    private struct File {
        let change: Change
        let patch: [UInt8]
        let diff: TextDiff
        let sizes: (old: Int, new: Int)
    }

    private let files: [File]

    /// Reads both sides of every changed file.
    init(_ comparison: ContentComparison) throws(AmxError) {
        var files: [File] = []
        for change in comparison.changes {
            let content = try comparison.content(of: change)
            let (patch, diff) = try UnifiedDiff.text(of: change, old: content.old, new: content.new)
            files.append(
                File(change: change, patch: patch, diff: diff, sizes: (content.old.count, content.new.count)))
        }
        self.files = files
    }

    /// The unified diff; on a terminal nothing in it can steer the terminal, elsewhere every byte is as it was.
    func patch(_ style: Style) -> [UInt8] {
        let bytes = files.flatMap(\.patch)
        guard style.isColored || StandardStream.output.isTerminal else { return bytes }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let text = lines.map { line -> String in
            let text = Style.visible(String(decoding: line, as: UTF8.self))
            switch line.first {
            case UInt8(ascii: "+"): return line.starts(with: "+++ ".utf8) ? style.bold(text) : style.green(text)
            case UInt8(ascii: "-"): return line.starts(with: "--- ".utf8) ? style.bold(text) : style.red(text)
            case UInt8(ascii: "@"): return style.cyan(text)
            case UInt8(ascii: " "), UInt8(ascii: "\\"), nil: return text
            default: return style.bold(text)
            }
        }
        return Array(text.joined(separator: "\n").utf8)
    }

    /// A line for each file and one with the sums.
    func statistics(_ style: Style) -> [UInt8] {
        guard !files.isEmpty else { return [] }
        let most = files.map { $0.diff.insertions + $0.diff.deletions }.max() ?? 0
        var table = Table()
        for file in files { table.add(file.change.path.string, "| \(Self.bar(file, most: most, style))") }
        let insertions = files.reduce(0) { $0 + $1.diff.insertions }
        let deletions = files.reduce(0) { $0 + $1.diff.deletions }
        var sums = ["\(files.count) \(files.count == 1 ? "file" : "files") changed"]
        if insertions > 0 { sums.append("\(insertions) \(insertions == 1 ? "insertion" : "insertions")(+)") }
        if deletions > 0 { sums.append("\(deletions) \(deletions == 1 ? "deletion" : "deletions")(-)") }
        return Array("\(table.text(indent: " "))\n \(sums.joined(separator: ", "))\n".utf8)
    }

    private static func bar(_ file: File, most: Int, _ style: Style) -> String {
        if file.diff.isBinary { return "Bin \(file.sizes.old) -> \(file.sizes.new) bytes" }
        let (plus, minus) = (file.diff.insertions, file.diff.deletions)
        let width = 40
        func scaled(_ count: Int) -> Int { most <= width ? count : (count * width + most - 1) / most }
        return "\(plus + minus) " + style.green(String(repeating: "+", count: scaled(plus)))
            + style.red(String(repeating: "-", count: scaled(minus)))
    }
}
