import Objects
import TestSupport
import Testing
import Versions

@testable import Capsules

/// A bundle whose documents fit each other, to be taken apart and put together in other ways; the files of its releases are only bytes.
struct BundleSample {
    /// A member: its header's fields and its bytes.
    typealias Member = (name: String, bytes: [UInt8])

    let manifest: [UInt8]
    let lock: WorkspaceLock
    let capsules: [BundledCapsule]
    private let files: [String: [UInt8]]

    init(branch: Bool = false) throws {
        manifest = Array("{\n  \"name\": \"shop\",\n  \"dependencies\": {\n    \"app\": \"^1.0.0\"\n  }\n}\n".utf8)
        var entries: [LockedCapsule] = []
        var capsules: [BundledCapsule] = []
        var files: [String: [UInt8]] = [:]
        for (number, name) in ["app", "lib"].enumerated() {
            let digit = "\(number + 1)"
            let object = try #require(ObjectID(hex: String(repeating: digit, count: 40)))
            let digest = try #require(ContentDigest("sha256:" + String(repeating: digit, count: 64)))
            let version = try #require(SemanticVersion("1.0.0"))
            let entry = LockedCapsule(
                id: try CapsuleID(name), version: version,
                line: branch && name == "lib" ? .branch("main") : .tag("v1.0.0"), commit: object, tree: object,
                digest: digest, source: .workspace, requestedBy: ["workspace"])
            let content = Array(repeating: UInt8(number), count: 700 + number)
            let history = Array(repeating: UInt8(number), count: 512)
            let (contentPath, historyPath) = (
                BundleFormat.contentPath(entry.id, version), BundleFormat.historyPath(entry.id, version)
            )
            (files[contentPath], files[historyPath]) = (content, history)
            entries.append(entry)
            capsules.append(
                BundledCapsule(
                    entry, tag: object, manifestSHA256: digest.sha256, content: BundledFile(contentPath, content),
                    history: BundledFile(historyPath, history)))
        }
        (lock, self.capsules, self.files) = (WorkspaceLock(entries), capsules, files)
    }

    /// What `bundle.json` says, with another name, other releases or another lock.
    func bundle(
        name: String = "shop", capsules: [BundledCapsule]? = nil, lock: WorkspaceLock? = nil
    ) -> BundleManifest {
        BundleManifest(
            name: name, manifest: BundledFile("amx.json", manifest),
            lock: BundledFile("amx.lock", (lock ?? self.lock).encoded), capsules: capsules ?? self.capsules)
    }

    /// All members, with a `bundle.json` that need not be of them.
    func members(_ bundle: BundleManifest? = nil, json: [UInt8]? = nil, lock: WorkspaceLock? = nil) -> [Member] {
        let bundle = bundle ?? self.bundle()
        return [
            ("bundle.json", json ?? bundle.encoded), ("amx.json", manifest), ("amx.lock", (lock ?? self.lock).encoded),
        ]
            + capsules.flatMap { capsule in
                [capsule.content.file, capsule.history.file].map { ($0, files[$0] ?? []) }
            }
    }

    /// An archive as Amx writes it.
    static func archive(_ members: [Member]) -> [UInt8] { members.flatMap { entry($0.name, $0.bytes) } + Tar.end }

    /// One entry, whose header may be changed.
    static func entry(
        _ name: String, _ bytes: [UInt8], size: Int? = nil, _ change: (inout [UInt8]) -> Void = { _ in }
    ) -> [UInt8] {
        var header = TarHeader.bytes(path: Array(name.utf8), mode: .regular, size: size ?? bytes.count) ?? []
        change(&header)
        Tar.seal(&header, at: header.count - 512)
        return header + Tar.padded(bytes)
    }
}
