import Capsules
import Objects
import Workspaces

/// A difference as the lines of `--stat`.
struct DiffStatistics {
    private struct File {
        let name: String
        let diff: TextDiff
        let sizes: (old: Int, new: Int)
    }

    private let files: [File]

    /// Reads both sides of every file.
    init(_ comparison: ContentComparison, _ difference: Difference) throws(AmxError) {
        var files: [File] = []
        for file in difference.files {
            let content = try comparison.content(file.change.from, file.change.to)
            let diff = try content.old.span.withUnsafeBytes { old throws(AmxError) in
                try content.new.span.withUnsafeBytes { new throws(AmxError) in try TextDiff(old: old, new: new) }
            }
            let name = file.renamedFrom.map { "\($0.string) => \(file.path.string)" } ?? file.path.string
            files.append(File(name: name, diff: diff, sizes: (content.old.count, content.new.count)))
        }
        self.files = files
    }

    /// A line for each file and one with the sums.
    func lines(_ style: Style) -> [UInt8] {
        guard !files.isEmpty else { return [] }
        let most = files.map { $0.diff.insertions + $0.diff.deletions }.max() ?? 0
        var table = Table()
        for file in files { table.add(Style.visible(file.name), "| \(Self.bar(file, most: most, style))") }
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
