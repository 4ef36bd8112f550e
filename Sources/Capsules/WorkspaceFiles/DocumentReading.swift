import Objects

/// Reads a JSON document of a workspace with all that is wrong in it collected, as a manifest is read.
enum DocumentReading {
    /// Parses, lets `body` walk the value, and gives its result with the warnings; throws when anything is an error.
    ///
    /// `limit` is the most bytes that the document may have.
    static func read<Result>(
        _ bytes: [UInt8], file: String, limit: Int, maximumDepth: Int = Limits.standard.jsonDepth,
        _ body: (inout ManifestReader, ManifestReader.Node) -> Result?
    ) throws(AmxError) -> (result: Result, warnings: [ManifestDiagnostic]) {
        guard bytes.count <= limit else {
            throw AmxError(
                .failure, "\(file) is too large: \(bytes.count) bytes, and at most \(limit) are read",
                hint: "restore it from the workspace's history")
        }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes, maximumDepth: maximumDepth)
        } catch {
            throw ManifestProblems(diagnostics: [ManifestDiagnostic(error, in: file)]).error(in: file)
        }
        var reader = ManifestReader()
        let result = body(&reader, ManifestReader.Node(value: value, path: .root))
        let diagnostics = reader.findings.map { ManifestDiagnostic($0, in: file, bytes: bytes) }
        guard let result, !reader.hasErrors else { throw ManifestProblems(diagnostics: diagnostics).error(in: file) }
        return (result, diagnostics)
    }
}
