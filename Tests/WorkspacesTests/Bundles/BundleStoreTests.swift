import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// What is made of a workspace's releases, and what a bundle has to have for them to come out of it again.
@Suite struct BundleStoreTests {
    /// A workspace that has installed `a` 1.0.0 and `b` 1.0.0, and a bundle of that.
    private struct Scene {
        let fixture: OperationFixture
        let folder: TemporaryDirectory
        var path: String { folder.appending("shop.kcbundle") }

        init() throws {
            fixture = try OperationFixture()
            folder = try TemporaryDirectory("amx-bundle")
            // A second commit, so that there is a history; and a release after it, which is no part of it.
            try fixture.release("a 1.1.0", ["b": "^1.0.0"])
            for id in ["a", "b"] { try fixture.bring(id) }
            try fixture.perform(
                try fixture.operation(.install, ["a 1.1.0", "b 1.0.0"], requires: ["a"]))
            _ = try BundleMaker(fixture.workspace).make(named: "shop", to: path)
        }

        func store(_ path: String? = nil) throws -> BundleStore {
            try BundleStore(
                BundleReader(path ?? self.path), in: folder.appending(Directory.temporaryName("store")))
        }

        /// The members of the bundle, by name.
        func files() throws -> [String: [UInt8]] {
            let archive = try BundleArchive(path)
            var files: [String: [UInt8]] = [:]
            for member in archive.members { files[member.file.file] = try archive.bytes(of: member) }
            return files
        }

        /// Makes another bundle, whose documents are those of other files and another lock, so that each by itself is sound.
        func forge(
            _ files: [String: [UInt8]], lock: WorkspaceLock? = nil,
            _ change: (BundledCapsule, LockedCapsule) -> BundledCapsule = { capsule, _ in capsule }
        ) throws -> String {
            let old = try BundleReader(path)
            let lock = lock ?? old.lock
            var files = files
            files["amx.lock"] = lock.encoded
            let capsules = try old.bundle.capsules.map { capsule in
                let entry = try #require(lock[capsule.id])
                let (content, history) = (capsule.content.file, capsule.history.file)
                return change(
                    BundledCapsule(
                        entry, tag: capsule.tag, manifestSHA256: capsule.manifestSHA256,
                        content: BundledFile(content, files[content] ?? []),
                        history: BundledFile(history, files[history] ?? [])), entry)
            }
            let bundle = BundleManifest(
                name: old.bundle.name, manifest: old.bundle.manifest, lock: BundledFile("amx.lock", lock.encoded),
                capsules: capsules)
            files["bundle.json"] = bundle.encoded
            var writer = BundleArchiveWriter()
            for file in [BundledFile("bundle.json", bundle.encoded)] + bundle.files {
                writer.add(file, .bytes(files[file.file] ?? []))
            }
            let forged = folder.appending("forged.kcbundle")
            try writer.write(to: forged)
            return forged
        }

        /// The first finding of a bundle that is refused.
        func finding(_ path: String) -> BundleFinding? {
            let error = #expect(throws: AmxError.self) { try store(path) }
            return (error?.cause as? BundleProblems)?.findings.first
        }

        /// A pack of a capsule's history with objects that are added or left out.
        func history(of name: String, adding: [ObjectID] = [], without: Set<ObjectID> = []) throws -> [UInt8] {
            let capsule = try #require(BundleReader(path).bundle.capsules.first { $0.id.string == name })
            let repository = try Repository(opening: fixture.source.workspace.repositoryPath(capsule.id))
            let tree = try repository.commit(capsule.commit).tree
            let own = try ReleaseHistory(of: capsule.tag, without: tree, in: repository).objects
            var bytes: [UInt8] = []
            try WholePackWriter().write(
                own.filter { !without.contains($0.id) } + adding.map { PackObject(id: $0) }, of: repository
            ) { bytes.append(contentsOf: $0) }
            return bytes
        }
    }

    @Test(arguments: [
        ("https://hub.example/acme/x.git", false), ("https://hub.example:3003/@acme/x.git", false),
        ("ssh://git@hub.example/x.git", false), ("/srv/a@b:c", false), ("workspace", false),
        ("https://ada:secret@hub.example/x.git", true), ("https://token@hub.example/x.git", true),
        ("ssh://git:secret@hub.example/x.git", true), ("https://ada:se/cret@hub.example/x.git", true),
        ("HTTP://ada:@hub.example", true),
    ]) func noAddressWithAPasswordTravels(address: String, isRefused: Bool) {
        #expect(BundleMaker.carriesPassword(address) == isRefused)
    }

    @Test func releasesComeOutAsTheyWere() throws {
        let scene = try Scene()
        var place = ""
        try {
            let store = try scene.store()
            place = store.folder
            for (name, tag) in [("a", "v1.1.0"), ("b", "v1.0.0")] {
                let id = try CapsuleID(name)
                let path = store.repositoryPath(id)
                try Tool.git(["fsck", "--strict", "--full", "--no-dangling"], in: path)
                let references = try Tool.git(["for-each-ref", "--format=%(refname) %(objectname)"], in: path)
                let there = try Tool.git(
                    ["for-each-ref", "--format=%(refname) %(objectname)", "refs/tags/\(tag)"],
                    in: scene.fixture.source.workspace.repositoryPath(id))
                #expect(references == there && references.contains(tag))
                #expect(try Tool.git(["log", "--format=%s", tag], in: path).contains("1.0.0"))
            }
        }()
        #expect(!place.isEmpty && !Directory.exists(place))
    }

    /// The bytes follow from the documents, and not from how the objects lie in the store.
    @Test func packsOfAnotherFormMakeTheSameBytes() throws {
        let scene = try Scene()
        let before = try scene.folder.read("shop.kcbundle")
        let path = scene.fixture.workspace.repositoryPath(try CapsuleID("a"))
        try Tool.git(["repack", "-adfq", "--depth=0", "--window=0"], in: path)
        try Tool.git(["config", "core.compression", "9"], in: path)
        _ = try BundleMaker(scene.fixture.workspace).make(named: "shop", to: scene.path)
        #expect(try scene.folder.read("shop.kcbundle") == before)
        // Git takes the packs: what a commit of one lacks is in the .kc file.
        let archive = try BundleArchive(scene.path)
        for member in archive.members where member.file.file.hasPrefix("history/") {
            try Data(try archive.bytes(of: member)).write(to: URL(fileURLWithPath: scene.folder.appending("x.pack")))
            try Tool.git(["index-pack", scene.folder.appending("x.pack")], in: scene.folder.path)
            let listed = try Tool.git(["verify-pack", "-v", scene.folder.appending("x.idx")], in: scene.folder.path)
            #expect(listed.contains(" tag ") && listed.contains(" commit ") && !listed.contains("chain length"))
        }
    }

    @Test func whatIsNotTheReleaseIsNamed() throws {
        let scene = try Scene()
        let files = try scene.files()
        let (content, history) = ("capsules/a-1.1.0.kc", "history/a-1.1.0.pack")
        let reader = try BundleReader(scene.path)
        let entries = reader.lock.capsules
        let repository = try Repository(
            opening: scene.fixture.source.workspace.repositoryPath(try CapsuleID("a")))
        let tags = try repository.refs.snapshot().tags
        let old = try #require(tags.first { $0.name.string.hasSuffix("v1.0.0") })

        func changed(_ name: String, _ bytes: [UInt8]) -> [String: [UInt8]] { files.merging([name: bytes]) { $1 } }
        func lock(_ commit: ObjectID? = nil, tree: ObjectID? = nil, digest: ContentDigest? = nil) -> WorkspaceLock {
            let a = entries[0]
            return WorkspaceLock([
                LockedCapsule(
                    id: a.id, version: a.version, line: a.line, commit: commit ?? a.commit, tree: tree ?? a.tree,
                    digest: digest ?? a.digest, source: a.source, requestedBy: a.requestedBy), entries[1],
            ])
        }
        func expect(
            _ code: BundleFinding.Code, _ subject: String, _ path: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let finding = scene.finding(path)
            #expect(
                finding?.code == code && finding?.subject == subject, "\(finding.map { "\($0)" } ?? "")",
                sourceLocation: sourceLocation)
        }
        #expect(try scene.store(scene.forge(files)).reader.bundle.capsules == reader.bundle.capsules)

        // Content of another capsule, of another digest, of another tree, with another manifest.
        let other = try #require(files["capsules/b-1.0.0.kc"])
        expect(.refused, "a", try scene.forge(changed(content, other)))
        let digest = try #require(ContentDigest("sha256:" + String(repeating: "0", count: 64)))
        expect(.damaged, content, try scene.forge(files, lock: lock(digest: digest)))
        expect(.damaged, content, try scene.forge(files, lock: lock(tree: try repository.commit(old.commit).tree)))
        expect(
            .damaged, content,
            try scene.forge(files) { capsule, entry in
                BundledCapsule(
                    entry, tag: capsule.tag, manifestSHA256: SHA256Hasher.hash(of: [1]), content: capsule.content,
                    history: capsule.history)
            })
        expect(.damaged, "a", try scene.forge(changed(content, Array(try #require(files[content]).dropLast(3)))))
        expect(.refused, "a", try scene.forge(changed(content, Array("nothing".utf8))))

        // Another commit or tag than the one that is there, and objects more or fewer.
        expect(.damaged, history, try scene.forge(files, lock: lock(old.commit)))
        expect(
            .damaged, history,
            try scene.forge(
                changed(history, scene.history(of: "a", adding: [old.id]))
            ) { capsule, entry in
                guard capsule.id.string == "a" else { return capsule }
                return BundledCapsule(
                    entry, tag: old.id, manifestSHA256: capsule.manifestSHA256, content: capsule.content,
                    history: capsule.history)
            })
        expect(.unexpected, history, try scene.forge(changed(history, scene.history(of: "a", adding: [old.id]))))
        let parent = try #require(try repository.commit(entries[0].commit).parents.first)
        expect(.refused, "a", try scene.forge(changed(history, scene.history(of: "a", without: [parent]))))
        expect(.refused, "a", try scene.forge(changed(history, Array("PACK".utf8))))
        let left = try FileManager.default.contentsOfDirectory(atPath: scene.folder.path)
        #expect(left.allSatisfy { !$0.hasPrefix("store") }, "\(left)")
    }
}
