import Glibc

/// Checks a repository without trusting anything in it, and without changing it.
///
/// Packs, indexes, loose objects, references, `HEAD`, what everything refers to, tree rules, lock files and litter. It holds a pack's
/// entries and the references between objects in memory, and blocks for as long as reading everything takes. A repository that is
/// changed meanwhile may give findings that a second run does not.
package struct RepositoryFsck {
    /// What was looked at and what is wrong.
    package struct Report: Sendable {
        /// How many objects were read.
        package internal(set) var objects = 0
        package var findings: [FsckFinding] = []
        /// The commits that the references reach.
        package internal(set) var commits: [ObjectID] = []
        /// The references whose objects are here.
        package internal(set) var refs: [Ref] = []
    }

    private let path: String
    private let minimumAge: Int
    private let takesUnbornHead: Bool

    /// Prepares for the repository at a path; lock files and litter are told of after `minimumAge` seconds.
    ///
    /// With `takesUnbornHead`, as on a server, `HEAD` may name a branch that does not exist beside others that do.
    package init(_ path: String, minimumAge: Int = 60, takesUnbornHead: Bool = false) {
        self.path = path
        self.takesUnbornHead = takesUnbornHead
        self.minimumAge = minimumAge
    }

    /// Checks everything; `progress` gets the number of objects read so far.
    package func run(_ progress: (Int) -> Void = { _ in }) -> Report {
        let found = Found()
        let report: (FsckFinding) -> Void = { found.list.append($0) }
        var result = Report()
        let graph = ObjectGraph()
        // References before objects: what comes in meanwhile is not missed.
        let files = RefsFsck.files(of: path)
        var count = 0
        let advance: (Int) -> Void = { more in
            count += more
            progress(count)
        }
        var salvages: [PackSalvage] = []
        do throws(AmxError) {
            salvages = try checkPacks(graph, report, advance)
            try LooseFsck("\(path)/objects", graph, report).run(advance)
        } catch {
            report(FsckFinding(.repository, "objects", error.message, hint: FsckFinding.replace))
        }
        result.objects = graph.kinds.count
        let refs = RefsFsck(path, takesUnbornHead: takesUnbornHead, graph, report).run(files)
        result.refs = refs.filter { graph.kinds[$0.id] != nil }
        result.commits = graph.reach(from: refs.map(\.id), shallow: shallow(report), report)
        explainLosses(graph, refs, salvages, report)
        SettingsFsck(path, report).run()
        LitterFsck(path, minimumAge: minimumAge, report).run()
        result.findings = found.list
        do throws(AmxError) {
            _ = try Repository(opening: path).refs.snapshot()
        } catch {
            // Most often what was found already keeps it from opening.
            if result.findings.isEmpty {
                result.findings.append(
                    FsckFinding(.repository, ".", error.message, hint: error.hint ?? FsckFinding.replace))
            }
        }
        return result
    }

    private final class Found {
        var list: [FsckFinding] = []
    }

    /// How many lost objects are told of one by one.
    private static let toldLosses = 100

    /// Tells of every object that cannot be had who needs it, and as what.
    private func explainLosses(
        _ graph: ObjectGraph, _ refs: [Ref], _ salvages: [PackSalvage], _ report: (FsckFinding) -> Void
    ) {
        let lost = graph.lost.filter { graph.kinds[$0.key] == nil }.sorted { $0.key < $1.key }
        guard !lost.isEmpty || !graph.missing.isEmpty else { return }
        let repository = try? Repository(opening: path)
        let needs = ObjectNeeds(graph, refs) { tree in
            for salvage in salvages {
                guard case .whole(.tree, let content) = salvage.fate(of: tree) else { continue }
                return content.withUnsafeBytes { (try? TreeEntry.parse($0, tree: tree)) ?? [] }
            }
            return (try? repository?.entries(ofTree: tree)) ?? []
        }
        for (number, (id, pack)) in lost.enumerated() {
            guard number < Self.toldLosses else {
                report(
                    FsckFinding(
                        .object, id.hex, "this and \(lost.count - number - 1) more objects are lost",
                        hint: FsckFinding.replace))
                break
            }
            if let need = needs.phrase(for: id) {
                report(
                    FsckFinding(.object, id.hex, "it is damaged in \(pack): \(need)", hint: FsckFinding.replace))
            } else {
                report(
                    FsckFinding(
                        .object, id.hex, "it is damaged in \(pack); no reference leads to it",
                        hint: "`git repack -a -d` leaves it out, once nothing else is damaged"))
            }
        }
        for (id, kind, user) in graph.missing.prefix(Self.toldLosses) {
            let need = needs.phrase(for: id) ?? "\(user) needs it"
            report(
                FsckFinding(
                    .object, id.hex, "the \(kind.rawValue) is missing: \(need)", hint: FsckFinding.replace))
        }
    }

    private func checkPacks(
        _ graph: ObjectGraph, _ report: @escaping (FsckFinding) -> Void, _ progress: (Int) -> Void
    ) throws(AmxError) -> [PackSalvage] {
        var salvages: [PackSalvage] = []
        let folder = "\(path)/objects/pack"
        let names = try Directory.names(in: folder).compactMap { String(validating: $0, as: UTF8.self) }
        let all = Set(names)
        for name in names where name.hasPrefix("pack-") {
            if name.hasSuffix(".pack") {
                let pack = PackFsck(String(name.dropLast(5)), in: folder, graph, report)
                if let salvage = pack.run(progress) { salvages.append(salvage) }
            } else if name.hasSuffix(".idx"), !all.contains("\(name.dropLast(4)).pack") {
                report(
                    FsckFinding(
                        .index, "objects/pack/\(name)", "its pack is gone",
                        hint: "remove it; when objects are missing, \(FsckFinding.replace)"))
            }
        }
        for name in names where name == "multi-pack-index" || Self.derived.contains(where: { name.hasSuffix($0) }) {
            checkDerived("objects/pack/\(name)", report)
        }
        if Directory.exists("\(path)/objects/info/commit-graph") {
            checkDerived("objects/info/commit-graph", report)
        }
        let graphs = (try? Directory.names(in: "\(path)/objects/info/commit-graphs")) ?? []
        for name in graphs.compactMap({ String(validating: $0, as: UTF8.self) }) where name.hasSuffix(".graph") {
            checkDerived("objects/info/commit-graphs/\(name)", report)
        }
        return salvages
    }

    /// The ends of the names of what git derives from packs; each file ends with its checksum.
    private static let derived = [".rev", ".bitmap", ".mtimes"]

    /// Compares the checksum at the end of a file that git made from others.
    private func checkDerived(_ place: String, _ report: (FsckFinding) -> Void) {
        let repair = "remove the file: git makes it anew when it needs it"
        do throws(AmxError) {
            let bytes = try FileContent.read("\(path)/\(place)") ?? []
            let checksum = PackChecksum()
            bytes.dropLast(ObjectID.byteCount).withUnsafeBytes { checksum.update($0) }
            guard ObjectID(bytes: bytes.suffix(ObjectID.byteCount)) != checksum.finish() else { return }
            report(FsckFinding(.index, place, "its checksum does not fit its content", hint: repair))
        } catch {
            report(FsckFinding(.index, place, error.message, hint: repair))
        }
    }

    private func shallow(_ report: (FsckFinding) -> Void) -> Set<ObjectID> {
        do throws(AmxError) {
            let bytes = try FileContent.read("\(path)/shallow", limit: 1 << 26) ?? []
            return Set(bytes.split(separator: 0x0A).compactMap { ObjectID(hex: $0) })
        } catch {
            report(FsckFinding(.repository, "shallow", error.message, hint: FsckFinding.replace))
            return []
        }
    }
}
