import Foundation

/// Another resolver, which a program of the caller's runs on the same graph.
struct ResolverPeer {
    /// What it said of its times: a row of the table.
    struct Figures: Encodable {
        let name: String
        let median: Double
        let p90: Double
        let max: Double
        /// The line, as it was printed.
        let line: String
    }

    let name: String
    private let command: String

    /// Reads `NAME=COMMAND`; nil without both.
    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        (name, command) = (String(parts[0]), String(parts[1]))
    }

    /// Runs the command in a shell, in an empty folder, with the graph's path as `$GRAPH`, to its end.
    ///
    /// Takes each line of its output that has `median Xms p90 Yms max Zms`; throws where there is none.
    func run(on graph: String) throws -> [Figures] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "amx-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = URL(filePath: graph).standardizedFileURL.path()
        let output = try Program(environment: ["GRAPH": path]).read("/bin/sh", ["-c", command], in: folder.path())
        let figures = output.split(separator: "\n").compactMap { Self.times(in: String($0), of: name) }
        guard !figures.isEmpty else {
            throw Program.Failure(description: "\(name) has printed no line with median, p90 and max")
        }
        return figures
    }

    private static func times(in line: String, of name: String) -> Figures? {
        let words = line.split(separator: " ")
        func milliseconds(after word: String) -> Double? {
            guard let place = words.firstIndex(of: word[...]), place + 1 < words.count, words[place + 1].hasSuffix("ms")
            else { return nil }
            return Double(words[place + 1].dropLast(2))
        }
        guard let median = milliseconds(after: "median"), let p90 = milliseconds(after: "p90"),
            let max = milliseconds(after: "max")
        else { return nil }
        return Figures(name: name, median: median, p90: p90, max: max, line: line)
    }
}
