package import Objects

extension Manifest {
    /// Checks the knowledge assets and the files that other blocks name against a capsule's files (row A-040): a path that is no file is
    /// an error, a pattern without any match a warning.
    ///
    /// `text` is the manifest's own bytes, from which the diagnostics take their places.
    package func checkFiles(
        against paths: some Sequence<TreePath>, text: [UInt8], file: String = Manifest.fileName
    ) -> [ManifestDiagnostic] {
        let paths = Array(paths)
        let files = Set(paths)
        lazy var components = paths.map {
            $0.components.map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) }
        }
        var reader = ManifestReader()
        // A second or two at most, whatever a manifest asks for.
        var steps = 50_000_000
        for kind in KnowledgeAssets.Kind.allCases {
            for (index, pattern) in knowledgeAssets[kind].enumerated() {
                let path = JSONPath.root.key("knowledgeAssets").key(kind.rawValue).index(index)
                if let file = try? TreePath(pattern.text) {
                    guard !files.contains(file) else { continue }
                    reader.reportMissing(
                        file, at: path, among: paths, inFolder: "write \"\(pattern.text)/**\" for all files in it")
                } else if !components.contains(where: { pattern.matches($0, steps: &steps) }) {
                    reader.report(
                        .warning, at: path, expected: "a pattern that matches a file",
                        found:
                            "\"\(pattern.text)\"\(steps > 0 ? ", which matches none" : ", which is too costly to match")",
                        advice: "check the spelling, or remove the entry")
                }
            }
        }
        // A program may be there once for each kind of machine.
        lazy var variants = Set(paths.compactMap { MachineVariant.split($0)?.path })
        for named in namedFiles where !files.contains(named.file) {
            let isProgram = ["$.tools[", "$.mcpServers[", "$.runtime."].contains(
                where: named.place.description.hasPrefix)
            if isProgram, variants.contains(named.file) { continue }
            reader.reportMissing(named.file, at: named.place, among: paths, inFolder: "name a file in it")
        }
        return reader.findings.map { ManifestDiagnostic($0, in: file, bytes: text) }
    }
}

extension ManifestReader {
    /// Reports a path that is no file; `inFolder` is the advice where it is a folder.
    fileprivate mutating func reportMissing(
        _ file: TreePath, at place: JSONPath, among paths: [TreePath], inFolder advice: String
    ) {
        // Looking for the folder walks all paths.
        guard !isFull else { return }
        let folder = file.bytes + [UInt8(ascii: "/")]
        let isFolder = paths.contains { $0.bytes.starts(with: folder) }
        report(
            at: place, expected: "a file of the capsule",
            found: "\"\(file.string)\", which is \(isFolder ? "a folder" : "not there")",
            advice: isFolder ? advice : "add the file, or remove the entry")
    }
}
