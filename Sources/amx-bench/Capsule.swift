import Foundation

/// The capsule that is measured: texts and one float matrix, the same bytes in every run.
struct Capsule {
    /// The width of a row of the matrix in bytes: 1,536 floats.
    static let rowBytes = 6_144
    private static let rows = 1_000
    private var state: UInt64 = 42

    private mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    /// A row of floats between -1 and 1: what an embedding looks like to a compressor.
    private mutating func row() -> Data {
        var data = Data(capacity: Self.rowBytes)
        for _ in 0..<(Self.rowBytes / 4) {
            let value = Float(next() % 2_000_000) / 1_000_000 - 1
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Writes the capsule's files into a directory.
    mutating func write(to directory: String, id: String) throws {
        let files = FileManager.default
        for folder in ["knowledge/rules", "knowledge/embeddings"] {
            try files.createDirectory(atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
        }
        let manifest = "{\"id\": \"\(id)\", \"name\": \"Bench\", \"version\": \"1.0.0\"}\n"
        try Data(manifest.utf8).write(to: URL(filePath: "\(directory)/manifest.json"))
        for index in 0..<60 {
            var text = "# Rule \(index)\n"
            for line in 0..<40 {
                text += "When the topic is \(next() % 500), answer with template \(next() % 90) (\(line)).\n"
            }
            try Data(text.utf8).write(to: URL(filePath: "\(directory)/knowledge/rules/rule-\(index).md"))
        }
        var matrix = Data(capacity: Self.rows * Self.rowBytes)
        for _ in 0..<Self.rows { matrix.append(row()) }
        try matrix.write(to: URL(filePath: "\(directory)/knowledge/embeddings/texts.f32"))
    }

    /// Writes a JSON file of 400 keys, a line each, in which one may have another value.
    func writeSettings(in directory: String, changing key: Int? = nil) throws {
        let keys = (0..<400).map { "  \"key-\($0)\": \($0 == key ? -1 : $0 * 7919 % 1000)" }
        let text = "{\n\(keys.joined(separator: ",\n"))\n}\n"
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/knowledge/settings.json"))
    }

    /// Replaces some rows of the matrix.
    mutating func replaceRows(_ count: Int, in directory: String) throws {
        let url = URL(filePath: "\(directory)/knowledge/embeddings/texts.f32")
        var matrix = try Data(contentsOf: url)
        for _ in 0..<count {
            let start = Int(next() % UInt64(Self.rows)) * Self.rowBytes
            matrix.replaceSubrange(start..<(start + Self.rowBytes), with: row())
        }
        try matrix.write(to: url)
    }

    /// Appends a line to one text.
    mutating func appendLine(in directory: String, toRule rule: Int = 7) throws {
        let url = URL(filePath: "\(directory)/knowledge/rules/rule-\(rule).md")
        var text = try Data(contentsOf: url)
        text.append(contentsOf: Data("One more line: \(next()).\n".utf8))
        try text.write(to: url)
    }
}
