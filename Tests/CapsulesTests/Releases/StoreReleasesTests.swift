import Capsules
import Objects
import TestSupport
import Testing
import Versions

/// Many capsules of several folders at once, and what the solver makes of them.
@Suite struct StoreReleasesTests {
    private func ids(_ names: [String]) throws -> [CapsuleID] { try names.map { try CapsuleID($0) } }

    @Test func readsManyOfSeveralFolders() throws {
        let (own, other) = (try ReleaseStore(), try ReleaseStore())
        for number in 0..<12 {
            if number % 3 != 2 { try own.release("c\(number)", versions: ["1.0.0", "1.1.0"]) }
            if number % 2 == 0 { try other.release("c\(number)", versions: ["1.1.0", "2.0.0"]) }
        }
        try own.release("empty", [])
        let folders = [
            ReleaseFolder(store: own.store, cache: own.cache),
            ReleaseFolder(other.store, source: "other", cache: own.cache),
        ]
        for round in 0..<2 {
            let memory = ManifestMemory()
            let releases = StoreReleases(folders, memory: memory)
            let found = try releases.releases(of: try ids((0..<13).map { "c\($0)" } + ["empty"]))
            for number in 0..<12 {
                let offers = found[try CapsuleID("c\(number)")] ?? []
                var expected: [String] = []
                if number % 3 != 2 { expected.append(" 1.0.0 1.1.0") }
                if number % 2 == 0 { expected.append("other 1.1.0 2.0.0") }
                #expect(
                    offers.map { ([$0.source] + $0.releases.map(\.version.text)).joined(separator: " ") } == expected)
            }
            #expect(found.count == 10)
            #expect(round == 0 || memory.parsed == 0)
        }
        // Nothing was written into the folders, and each has its own tables.
        #expect(!Directory.exists(other.cache))
        #expect(try Directory.names(in: other.store).allSatisfy { $0.suffix(4).elementsEqual(".git".utf8) })
        #expect(try Directory.names(in: "\(own.cache)/releases").count == 8 + 1 + 6)
    }

    @Test func saysWhichRepositoryCannotBeRead() throws {
        let store = try ReleaseStore()
        for id in ["a", "b", "c"] { try store.release(id, versions: ["1.0.0"]) }
        try store.folder.write("store/b.git/packed-refs", text: "torn")
        let releases = StoreReleases([ReleaseFolder(store: store.store, cache: store.cache)])
        #expect(throws: AmxError.self) { try releases.releases(of: try ids(["a", "b", "c"])) }
        #expect(try releases.releases(of: try CapsuleID("c")).count == 1)
        #expect(throws: AmxError.self) { try releases.releases(of: try CapsuleID("b")) }
    }

    @Test func solvesOverAStore() throws {
        let store = try ReleaseStore()
        try store.release("app", versions: ["1.0.0", "2.0.0"]) { version in
            "\"dependencies\": {\"lib\": \"^\(version)\"}, \"optionalDependencies\": {\"gone\": \"^1.0.0\"},"
                + "\"devDependencies\": {\"never\": \"^1.0.0\"}"
        }
        try store.release("lib", versions: ["1.0.0", "1.4.0"]) { _ in "\"peerDependencies\": {\"host\": \"^3.0.0\"}" }
        try store.release("lib", [.init("1.5.0", manifest: "{}"), .init("1.6.0", manifest: "")])
        try store.release("host", versions: ["3.1.0", "4.0.0"])
        try store.release("never", versions: ["1.0.0"])
        let source = StoreReleases([ReleaseFolder(store: store.store, cache: store.cache)])
        let candidates = ReleaseCandidates([source])
        let root = RootRequirement(PackageRequirement(PackageName("app"), .any))
        guard case .resolved(let resolution) = try Resolver(Catalogue(candidates)).resolve(ResolutionRequest([root]))
        else {
            Issue.record("there is a solution")
            return
        }
        #expect(
            resolution.packages.map { "\($0.name) \($0.candidate.version)" } == [
                "app 1.0.0", "host 3.1.0", "lib 1.4.0",
            ])
        for package in resolution.packages {
            let release = try #require(try candidates.release(of: package.name, package.candidate))
            let commit = try Tool.git(["rev-parse", "\(release.name)^{commit}"], in: store.path(package.name.id))
            #expect(commit == release.commit.hex)
        }
        #expect(!Directory.exists(store.table("never")), "nothing led there")
    }

    @Test func turnsDependenciesIntoRequirements() throws {
        let store = try ReleaseStore()
        try store.release("a", versions: ["1.0.0"]) { _ in
            "\"dependencies\": {\"r\": \"^1.0.0\", \"acme/o\": \"^2.0.0\"}, \"peerDependencies\": {\"p\": \"latest\"},"
                + "\"optionalDependencies\": {\"q\": \"~1.0.0\"}, \"devDependencies\": {\"d\": \"^1.0.0\"}"
        }
        try store.release("b", [.init("1.0.0", manifest: "{}")])
        let source = StoreReleases([ReleaseFolder(store.store, source: "here", cache: nil)])
        let candidates = ReleaseCandidates([source]) { dependency, source in
            dependency.owner.map { "hub/\($0)" } ?? (dependency.kind == .peer ? nil : source)
        }
        let name = PackageName("a")
        let found = try candidates.candidates(of: name)
        #expect(found.map { "\($0.version) \($0.source)" } == ["1.0.0 here"])
        guard case .requirements(let requirements) = try candidates.manifest(of: name, found[0], at: 0) else {
            Issue.record("it can be used")
            return
        }
        #expect(
            requirements.map { "\($0.kind) \($0.package) \($0.accepted) \($0.source ?? "anybody")" } == [
                "required r ^1.0.0 here", "required o ^2.0.0 hub/acme", "peer p latest anybody",
                "optional q ~1.0.0 here",
            ])
        let broken = try candidates.candidates(of: PackageName("b"))
        guard case .unusable(let reason) = try candidates.manifest(of: PackageName("b"), broken[0], at: 0) else {
            Issue.record("it cannot be used")
            return
        }
        #expect(reason.hasPrefix("manifest.json is not valid: "))
        #expect(try candidates.candidates(of: PackageName("nobody")).isEmpty)
        #expect(try candidates.candidates(of: PackageName("No id")).isEmpty)
    }

    /// Tags that differ in build metadata alone are two candidates, and each keeps its own commit.
    @Test func tellsBuildsApart() throws {
        let store = try ReleaseStore()
        let made = try store.release("a", versions: ["1.0.0+a", "1.0.0+b"])
        let candidates = ReleaseCandidates([StoreReleases([ReleaseFolder(store: store.store, cache: store.cache)])])
        let found = try candidates.candidates(of: PackageName("a"))
        #expect(try found.map { try candidates.release(of: PackageName("a"), $0)?.commit } == made.map(\.commit))
    }
}
