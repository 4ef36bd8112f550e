import Capsules
import Objects
import TestSupport
import Testing
import Versions

/// Many capsules of a store at once, with what they need.
@Suite struct StoreReleasesTests {
    private func releases(_ store: ReleaseStore, _ memory: ManifestMemory = ManifestMemory()) -> StoreReleases {
        StoreReleases(memory: memory) { (store.path($0.string), store.table($0.string)) }
    }

    /// Each needs some of a higher number, and the last two each other.
    private func filled() throws -> ReleaseStore {
        let store = try ReleaseStore()
        for number in 0..<12 {
            let needed = [number + 2, number + 5].map { $0 < 12 ? $0 : 21 - number }
            try store.release("c\(number)", versions: ["1.0.0", "1.1.0"]) { version in
                "\"dependencies\": {\"c\(needed[0])\": \"^1.0.0\"}, \"optionalDependencies\": {\"none\": \"^1.0.0\"},"
                    + (version == "1.1.0" ? "\"peerDependencies\": {\"p\(number)\": \"^1.0.0\"}," : "")
                    + "\"devDependencies\": {\"dev\": \"^1.0.0\"}"
            }
        }
        for id in ["p4", "dev", "other"] { try store.release(id, versions: ["1.0.0"]) }
        return store
    }

    @Test func readsWhatIsNeededAndNothingElse() throws {
        let store = try filled()
        for round in 0..<2 {
            let memory = ManifestMemory()
            let found = releases(store, memory)
            found.prefetch([try CapsuleID("c0"), try CapsuleID("c0"), try CapsuleID("missing")])
            // c0, c2 to c10, c11 by the cycle, p4.
            #expect(memory.parsed == (round == 0 ? 6 * 2 + 2 + 1 : 0))
            #expect(
                try Directory.names(in: "\(store.cache)/releases").map { String(decoding: $0, as: UTF8.self) }
                    == ["c0", "c10", "c11", "c2", "c4", "c6", "c8", "p4"])
            for id in ["c0", "c2", "c11", "p4"] {
                let expected = try Tool.git(["tag", "--list", "--sort=version:refname"], in: store.path(id))
                let names = try found.releases(of: CapsuleID(id))?.map(\.name).joined(separator: "\n")
                #expect(names == expected)
            }
            #expect(try found.releases(of: CapsuleID("missing")) == nil)
        }
    }

    @Test func keepsItsFirstAnswer() throws {
        let store = try filled()
        let found = releases(store)
        #expect(try found.releases(of: CapsuleID("other"))?.count == 1)
        try store.release("other", versions: ["2.0.0"])
        #expect(try found.releases(of: CapsuleID("other"))?.count == 1)
        #expect(try releases(store).releases(of: CapsuleID("other"))?.count == 2)
    }

    @Test func saysWhichRepositoryCannotBeRead() throws {
        let store = try filled()
        try store.folder.write("store/c2.git/packed-refs", text: "torn")
        let found = releases(store)
        found.prefetch([try CapsuleID("c0")])
        #expect(try found.releases(of: CapsuleID("c0"))?.count == 2)
        #expect(throws: AmxError.self) { try found.releases(of: CapsuleID("c2")) }
    }

    /// Threads that ask for the same capsules all get the same answers.
    @Test func isForSeveralThreads() throws {
        let store = try filled()
        let found = releases(store)
        let ids = try (0..<12).map { try CapsuleID("c\($0)") }
        let answers = WorkerThreads.map(Array(0..<8), threads: 8, share: 1) { thread in
            found.prefetch(Array(ids[thread...]))
            return ids.map { (try? found.releases(of: $0)) ?? nil }
        }
        #expect(Set(answers.map { $0.compactMap { $0?.map(\.commit) } }).count == 1)
        #expect(answers[0].allSatisfy { $0?.count == 2 })
    }
}
