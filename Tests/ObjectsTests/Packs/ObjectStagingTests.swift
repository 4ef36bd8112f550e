import Foundation
import TestSupport
import Testing

@testable import Objects

/// Staging new objects and publishing them as one pack, with git as the oracle.
struct ObjectStagingTests {
    private func repository() throws -> (folder: TemporaryDirectory, path: String) {
        let folder = try TemporaryDirectory()
        let path = folder.appending("r.git")
        _ = try Repository.create(at: path)
        return (folder, path)
    }

    private func packs(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/objects/pack").filter { $0.hasSuffix(".pack") }
            .sorted()
    }

    /// The ids that `git verify-pack` lists for one pack.
    private func listing(_ pack: String, in path: String) throws -> Set<String> {
        let text = try Tool.git(["verify-pack", "-v", "objects/pack/\(pack)"], in: path)
        return Set(
            text.split(separator: "\n").filter { $0.utf8.count > 41 && ObjectID(hex: $0.prefix(40)) != nil }
                .map { String($0.prefix(40)) })
    }

    private func entry(_ path: String, _ id: ObjectID, _ mode: FileMode = .regular) throws -> FileEntry {
        FileEntry(path: try TreePath(path), mode: mode, id: id)
    }

    @Test func onlyNewObjectsAreWritten() throws {
        let (_folder, path) = try repository()
        defer { withExtendedLifetime(_folder) {} }
        let first = try ObjectStaging(for: path)
        let old = try first.add(Array("old".utf8), kind: .blob)
        #expect(try first.add(Array("old".utf8), kind: .blob) == old)
        let oldTree = try first.addTree(of: [entry("a", old)])
        #expect(first.count == 2)
        #expect(try packs(path).isEmpty, "something was visible before it was published")
        try first.publish()
        #expect(try packs(path).count == 1)
        let before = try packs(path)

        // All of it again writes nothing.
        let again = try ObjectStaging(for: path)
        try again.add(Array("old".utf8), kind: .blob)
        #expect(try again.addTree(of: [entry("a", old)]) == oldTree)
        #expect(again.count == 0)
        try again.publish()
        #expect(try packs(path) == before)

        let second = try ObjectStaging(for: path)
        let new = try second.add(Array("new".utf8), kind: .blob)
        let tree = try second.addTree(of: [entry("a", old), entry("b/c", new)])
        try second.publish()
        let added = try #require(try packs(path).first { !before.contains($0) })
        let subtree = try Tool.git(["rev-parse", "\(tree.hex):b"], in: path)
        #expect(try listing(added, in: path) == [new.hex, tree.hex, subtree])
        #expect(try Tool.git(["fsck", "--strict", "--no-dangling"], in: path).isEmpty)
        let mode = try FileManager.default.attributesOfItem(atPath: "\(path)/objects/pack/\(added)")[.posixPermissions]
        #expect(mode as? Int == 0o444)
    }

    @Test func droppedStagingLeavesNothing() throws {
        let (folder, path) = try repository()
        do {
            let staging = try ObjectStaging(for: path)
            var random = SeededGenerator(seed: 64)
            let noise = random.bytes(200_000)
            var large: [UInt8] = []
            for _ in 0..<45 { large += noise }
            try staging.add(large, kind: .blob)
            try staging.add(Array("x".utf8), kind: .blob)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending("r.git/objects/pack")).isEmpty)
        let objects = try FileManager.default.contentsOfDirectory(atPath: folder.appending("r.git/objects"))
        #expect(objects.sorted() == ["info", "pack"])
        #expect(throws: AmxError.self) { try ObjectStaging(for: folder.appending("none")) }
    }

    /// More than gathers in memory before it is written, of every kind of content.
    @Test func aPackOfManyPiecesIsWhole() throws {
        var names: [[String]] = []
        for _ in 0..<2 {
            let (_folder, path) = try repository()
            defer { withExtendedLifetime(_folder) {} }
            var random = SeededGenerator(seed: 63)
            let staging = try ObjectStaging(for: path)
            var ids: Set<String> = []
            var noise = random.bytes(200_000)
            for index in 0..<60 {
                noise[index] ^= 1
                ids.insert(try staging.add(noise, kind: .blob).hex)
                ids.insert(try staging.add(Array("text \(index)\n".utf8), kind: .blob).hex)
            }
            var large: [UInt8] = []
            for _ in 0..<45 { large += noise }
            ids.insert(try staging.add(large, kind: .blob).hex)
            ids.insert(try staging.add([], kind: .tree).hex)
            #expect(staging.count == ids.count)
            try staging.publish()
            #expect(staging.count == 0)
            let packs = try packs(path)
            let pack = try #require(packs.first)
            #expect(packs.count == 1)
            #expect(try listing(pack, in: path) == ids)
            #expect(try Tool.git(["fsck", "--strict", "--no-dangling"], in: path).isEmpty)
            // The index is byte for byte git's.
            try Tool.git(["index-pack", "-o", "\(path)/by-git.idx", "objects/pack/\(pack)"], in: path)
            let index = try Data(contentsOf: URL(filePath: "\(path)/objects/pack/\(pack.dropLast(4))idx"))
            #expect(try index == Data(contentsOf: URL(filePath: "\(path)/by-git.idx")))
            names.append(packs)
        }
        #expect(names.first == names.last)
    }

    @Test func objectIDsAreGits() throws {
        let (folder, path) = try repository()
        var random = SeededGenerator(seed: 61)
        let staging = try ObjectStaging(for: path)
        for size in [0, 1, 100, 70_000] {
            let bytes = random.bytes(size)
            try folder.write("blob", bytes)
            let git = try Tool.git(["hash-object", folder.appending("blob")], in: path)
            #expect(try staging.add(bytes, kind: .blob).hex == git)
            let hashed = try bytes.withUnsafeBytes { try Repository.objectID(of: $0, kind: .blob) }
            #expect(hashed.hex == git)
        }
        try staging.publish()
        #expect(try Tool.git(["fsck", "--strict", "--no-dangling"], in: path).isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func treesAreGits(seed: UInt64) throws {
        let (folder, path) = try repository()
        var random = SeededGenerator(seed: seed)
        // Names whose order as folders differs from their order as files.
        let parts = ["a", "a.b", "a-b", "a0", "ab", "A", "é", "z", "a b", "a+", "_"]
        var paths: Set<String> = []
        var folders: Set<String> = []
        for _ in 0..<60 {
            let depth = Int.random(in: 1...4, using: &random)
            let components = (0..<depth).compactMap { _ in parts.randomElement(using: &random) }
            let path = components.joined(separator: "/")
            let above = (1..<depth).map { components[..<$0].joined(separator: "/") }
            // Neither both file and folder, nor alike but for case.
            if folders.contains(path) || above.contains(where: paths.contains) { continue }
            paths.insert(path)
            folders.formUnion(above)
        }
        let staging = try ObjectStaging(for: path)
        var files: [FileEntry] = []
        var index = ""
        for path in paths {
            let id = try staging.add(random.bytes(8), kind: .blob)
            let mode: FileMode = Bool.random(using: &random) ? .executable : .regular
            files.append(try entry(path, id, mode))
            index += "\(mode == .executable ? "100755" : "100644") \(id)\t\(path)\n"
        }
        files.sort { $0.path < $1.path }
        let tree = try staging.addTree(of: files)
        try staging.publish()
        let environment = ["GIT_INDEX_FILE": folder.appending("index")]
        try Tool.git(
            ["update-index", "--add", "--index-info"], in: path, environment: environment, input: Array(index.utf8))
        #expect(try Tool.git(["write-tree"], in: path, environment: environment) == tree.hex)
        #expect(try Repository(opening: path).files(ofTree: tree) == files)
        #expect(try Tool.git(["fsck", "--strict", "--no-dangling"], in: path).isEmpty)
    }

    @Test func anEmptySetOfFilesIsTheEmptyTree() throws {
        let (folder, path) = try repository()
        let staging = try ObjectStaging(for: path)
        #expect(try staging.addTree(of: []).hex == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
        try staging.publish()
        #expect(FileManager.default.fileExists(atPath: folder.appending("r.git/HEAD")))
    }
}
