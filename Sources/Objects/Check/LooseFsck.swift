/// Reads every object that another tool wrote as a file of its own.
struct LooseFsck {
    /// More than the header of an object takes.
    private static let headerBytes = 32

    private let objects: String
    private let graph: ObjectGraph
    private let report: (FsckFinding) -> Void

    /// Prepares for an `objects` folder.
    init(_ objects: String, _ graph: ObjectGraph, _ report: @escaping (FsckFinding) -> Void) {
        self.objects = objects
        self.graph = graph
        self.report = report
    }

    /// Checks all of them; `progress` gets the number of further objects now and then.
    func run(_ progress: (Int) -> Void) throws(AmxError) {
        let graph = graph
        let intake = try ObjectIntake { id, kind, bytes, problem in graph.add(id, kind, bytes, problem: problem) }
        for folder in try Directory.names(in: objects) where folder.count == 2 {
            let start = String(decoding: folder, as: UTF8.self)
            guard Directory.isFolder("\(objects)/\(start)") else { continue }
            for name in try Directory.names(in: "\(objects)/\(start)") {
                let rest = String(decoding: name, as: UTF8.self)
                // Anything else is litter.
                guard let id = ObjectID(hex: (start + rest).utf8) else { continue }
                progress(1)
                do throws(AmxError) {
                    let (kind, content) = try read("\(objects)/\(start)/\(rest)")
                    guard try intake.accept(kind, content) == id else {
                        throw AmxError(.verification, "its content has another id")
                    }
                    graph.add(id, kind)
                } catch {
                    graph.doubt(id)
                    report(
                        FsckFinding(
                            .object, "objects/\(start)/\(rest)", error.finding,
                            hint: "remove the file; when the object is missing then, \(FsckFinding.replace)"))
                }
            }
        }
    }

    private func read(_ path: String) throws(AmxError) -> (ObjectKind, [UInt8]) {
        guard let file = try FileContent.read(path) else { throw AmxError(.verification, "it is not a file") }
        let bytes = try file.span.withUnsafeBytes { file throws(AmxError) in try Inflater.content(of: file) }
        guard let end = bytes.prefix(Self.headerBytes).firstIndex(of: 0) else { throw malformed }
        let words = bytes[..<end].split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 2, let kind = ObjectKind(rawValue: String(decoding: words[0], as: UTF8.self)),
            String(decoding: words[1], as: UTF8.self) == "\(bytes.count - end - 1)"
        else { throw malformed }
        return (kind, Array(bytes[(end + 1)...]))
    }

    private var malformed: AmxError { AmxError(.verification, "its header is malformed") }
}
