/// Checks the references of a repository, line by line as they stand in the files.
///
/// What Amx wrote is known by its checksum. In a file of another tool, a name that was changed into another legal one which keeps
/// the order is a reference of that name, as far as anybody can tell: only that of `HEAD`'s branch and those of releases, which
/// their tags bear, are known to be wrong.
struct RefsFsck {
    private let repository: String
    private let takesUnbornHead: Bool
    private let graph: ObjectGraph
    private let report: (FsckFinding) -> Void

    /// Prepares for a repository whose objects have been read; with `takesUnbornHead`, `HEAD` may name a branch that does not exist.
    init(
        _ repository: String, takesUnbornHead: Bool, _ graph: ObjectGraph, _ report: @escaping (FsckFinding) -> Void
    ) {
        self.repository = repository
        self.takesUnbornHead = takesUnbornHead
        self.graph = graph
        self.report = report
    }

    /// The content of the files, taken before the objects are read, so that what they name is among these.
    struct Files {
        fileprivate var packed: [UInt8]?
        fileprivate var head: [UInt8]?
        fileprivate var loose = LooseRefs.Listing()
        fileprivate var failures: [FsckFinding] = []
    }

    /// Reads the files of a repository.
    static func files(of repository: String) -> Files {
        var files = Files()
        do throws(AmxError) {
            files.loose = try LooseRefs(repository: repository).listing()
        } catch {
            files.failures.append(
                FsckFinding(.ref, "refs", error.message, hint: error.hint ?? "correct or remove the file"))
        }
        do throws(AmxError) {
            files.packed = try PackedRefsFile(directory: repository).open()?.read()
            files.head = try FileContent.readStart("\(repository)/HEAD", count: 4096)
        } catch {
            files.failures.append(FsckFinding(.ref, "packed-refs", error.message, hint: repair))
        }
        return files
    }

    private static let repair =
        "correct the line, or fetch or clone the repository again from a copy that is whole"
    private static let headers = [
        "# pack-refs with: peeled fully-peeled sorted ", "# pack-refs with: peeled fully-peeled ",
        "# pack-refs with: peeled ",
    ]

    /// Checks them, and returns the references that point at something.
    func run(_ files: Files) -> [Ref] {
        files.failures.forEach(report)
        var refs: [RefName: Ref] = [:]
        if let bytes = files.packed {
            for ref in checkPacked(bytes) { refs[ref.name] = ref }
        }
        for ref in files.loose.refs { refs[ref.name] = ref }
        let all = refs.values.sorted { $0.name < $1.name }
        for ref in files.loose.refs where !isCanonical(ref) {
            add(ref.name, "its file does not hold an id as git writes it")
        }
        for ref in all where !graph.holds(ref.id) {
            add(ref.name, "it points at \(ref.id), which is missing")
        }
        for ref in all where ref.name.branch != nil {
            if let kind = graph.kinds[ref.id], kind != .commit {
                add(ref.name, "it is a branch and points at a \(kind.rawValue)")
            }
        }
        checkHead(files.head, refs)
        return all
    }

    private func isCanonical(_ ref: Ref) -> Bool {
        guard let bytes = try? FileContent.readStart("\(repository)/\(ref.name.string)", count: ObjectID.hexCount)
        else {
            // Gone meanwhile.
            return true
        }
        return ObjectID(hex: bytes) != nil
    }

    private func checkHead(_ bytes: [UInt8]?, _ refs: [RefName: Ref]) {
        let repair = "write the current branch into it: `ref: refs/heads/main` and a newline"
        guard let bytes else {
            return report(FsckFinding(.head, "HEAD", "it is missing", hint: repair))
        }
        let start = Array("ref: ".utf8)
        if bytes.starts(with: start), bytes.last == 0x0A,
            let name = RefName(bytes: Array(bytes[start.count...].dropLast())),
            name.branch != nil
        {
            // A branch without commits is that of a repository without any; a workspace may have events and operations before.
            let isEmpty = refs.keys.allSatisfy { other in
                other.tag != nil || other == .operations
                    || ["refs/remotes/", "refs/amx/events/"].contains { other.suffix(after: $0) != nil }
            }
            guard refs[name] == nil, !isEmpty else { return }
            if takesUnbornHead {
                guard
                    let near = refs.keys.filter({ $0.branch != nil && SingleBit.place($0.bytes, name.bytes) != nil })
                        .min()
                else { return }
                return report(
                    FsckFinding(
                        .head, "HEAD", "\(name.string) does not exist, and is one bit away from \(near.string)",
                        hint: "write `ref: \(near.string)` and a newline into it"))
            }
            return report(FsckFinding(.head, "HEAD", "\(name.string) does not exist, and others do", hint: repair))
        }
        if bytes.count == ObjectID.hexCount + 1, bytes.last == 0x0A, let id = ObjectID(hex: bytes.dropLast()) {
            guard !graph.holds(id) else { return }
            return report(FsckFinding(.head, "HEAD", "it points at \(id), which is missing", hint: repair))
        }
        report(FsckFinding(.head, "HEAD", "it names no branch", hint: repair))
    }

    // MARK: packed-refs

    private func checkPacked(_ bytes: [UInt8]) -> [Ref] {
        var refs: [Ref] = []
        let seal = PackedRefsSeal.state(of: bytes)
        checkSeal(seal)
        guard bytes.isEmpty || bytes.last == 0x0A else {
            addLine(bytes.split(separator: 0x0A).count, "it has no end")
            return lenient(bytes)
        }
        var isFullyPeeled = false
        var isSorted = false
        var canPeel = false
        var number = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            number += 1
            if number == 1, line.first == UInt8(ascii: "#") {
                let text = String(decoding: line, as: UTF8.self)
                if case .none = seal, !Self.headers.contains(text) {
                    addLine(number, "the header is not one that git or Amx writes")
                }
                isFullyPeeled = text.contains(" fully-peeled ")
                isSorted = text.contains(" sorted ")
                continue
            }
            if line.first == UInt8(ascii: "^"), canPeel, let last = refs.indices.last {
                canPeel = false
                guard let peeled = ObjectID(hex: line.dropFirst()) else {
                    addLine(number, "the peeled object is no id")
                    continue
                }
                refs[last].peeled = peeled
                continue
            }
            canPeel = false
            guard line.count > ObjectID.hexCount + 1, line[line.startIndex + ObjectID.hexCount] == 0x20,
                let id = ObjectID(hex: line.prefix(ObjectID.hexCount))
            else {
                addLine(number, "it is neither a reference nor a peeled object")
                continue
            }
            guard let name = RefName(bytes: Array(line.dropFirst(ObjectID.hexCount + 1))) else {
                addLine(number, "it names no reference that git takes")
                continue
            }
            if isSorted, let last = refs.last, !(last.name < name) {
                addLine(number, "\(name.string) is out of order, or stands there twice")
            }
            refs.append(Ref(name: name, id: id))
            canPeel = true
        }
        for ref in refs { checkPeeled(ref, isFullyPeeled) }
        return refs
    }

    private func checkSeal(_ seal: PackedRefsSeal.State) {
        let problem =
            switch seal {
            case .none, .intact: nil as String?
            case .broken: "it is not what Amx wrote: its checksum is another one"
            case .doubtful: "its checksum was wrong before the last change by Amx, which kept the names as they were"
            }
        guard let problem else { return }
        report(
            FsckFinding(
                .ref, "packed-refs", problem,
                hint: "compare the references with those of another copy, and correct them; once they are right, "
                    + "`git pack-refs --all` in the repository writes the file anew"))
    }

    /// The references of a file that cannot be read whole.
    private func lenient(_ bytes: [UInt8]) -> [Ref] {
        (try? PackedRefs(parsing: bytes + [0x0A], path: "packed-refs"))?.refs ?? []
    }

    private func checkPeeled(_ ref: Ref, _ isFullyPeeled: Bool) {
        guard graph.kinds[ref.id] != nil else { return }
        let peeled = graph.peeled(ref.id)
        if let stated = ref.peeled {
            guard stated != peeled else { return }
            add(ref.name, "packed-refs says that it is about \(stated): it is about \(peeled ?? ref.id)")
        } else if isFullyPeeled, let peeled {
            add(ref.name, "packed-refs does not say that it is about \(peeled)")
        }
    }

    private func add(_ name: RefName, _ problem: String) {
        report(FsckFinding(.ref, name.string, problem, hint: Self.repair))
    }

    private func addLine(_ number: Int, _ problem: String) {
        report(FsckFinding(.ref, "packed-refs", "line \(number): \(problem)", hint: Self.repair))
    }
}
