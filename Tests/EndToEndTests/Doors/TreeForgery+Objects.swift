import Foundation
import TestSupport

extension TreeForgery {
    /// What was written of the files.
    struct Forged: Sendable {
        let commit: String
        let tree: String
        /// The content digest, computed from `docs/format-kc.md`.
        let digest: String
    }

    /// Makes a commit in a git repository, on a parent, and returns it.
    func commit(in repository: String, parent: String) throws -> String {
        try forge(in: [repository], parent: parent).commit
    }

    /// Writes an archive with zstd compression, by a tool that knows no rules.
    func pack(to file: String) throws { _ = try forge(in: [], archive: file) }

    /// Writes a commit of the files into git repositories, and an archive of them, without a look at any rule.
    @discardableResult
    func forge(
        in repositories: [String], parent: String? = nil, message: String = "Forged", archive: String? = nil
    ) throws -> Forged {
        let objects = repositories.map { path in
            FileManager.default.fileExists(atPath: "\(path)/.git") ? "\(path)/.git/objects" : "\(path)/objects"
        }
        let task: [String: Any] = [
            "objects": objects, "parent": parent ?? "", "message": message, "archive": archive ?? "",
            "sorted": isSorted,
            "files": files.map { [Self.hex($0.path), $0.mode, Self.hex($0.content)] },
        ]
        let made = try Tool.run(
            "python3", ["-c", Self.script], input: Array(try JSONSerialization.data(withJSONObject: task)))
        let words = made.text.split(separator: " ").map { $0.trimmingCharacters(in: .newlines) }
        guard made.status == 0, words.count == 3 else { throw TestFailure("forging: \(made.errors)") }
        if let archive {
            let packed = try Tool.run("zstd", ["-q", "-f", "--rm", "\(archive).tar", "-o", archive])
            guard packed.status == 0 else { throw TestFailure("zstd: \(packed.errors)") }
        }
        return Forged(commit: words[0], tree: words[1], digest: words[2])
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static let script = """
        import hashlib, io, json, os, struct, sys, tarfile, zlib

        task = json.load(sys.stdin)
        files = [(bytes.fromhex(path), mode, bytes.fromhex(content)) for path, mode, content in task["files"]]

        def put(kind, body):
            data = b"%s %d\\0" % (kind.encode(), len(body)) + body
            oid = hashlib.sha1(data).hexdigest()
            packed = zlib.compress(data, 1)
            for folder in task["objects"]:
                os.makedirs(f"{folder}/{oid[:2]}", exist_ok=True)
                path = f"{folder}/{oid[:2]}/{oid[2:]}"
                if not os.path.exists(path):
                    with open(path, "wb") as file:
                        file.write(packed)
            return oid

        def tree(files):
            entries, folders = [], {}
            for path, mode, content in files:
                name, slash, rest = path.partition(b"/")
                if slash:
                    folders.setdefault(name, []).append((rest, mode, content))
                elif mode == "160000":
                    entries.append((name, mode, "1" * 40))
                else:
                    entries.append((name, mode, put("blob", content)))
            entries += [(name, "40000", tree(below)) for name, below in folders.items()]
            entries.sort(key=lambda entry: entry[0] + (b"/" if entry[1] == "40000" else b""), reverse=not task["sorted"])
            return put("tree", b"".join(
                mode.encode() + b" " + name + b"\\0" + bytes.fromhex(oid) for name, mode, oid in entries))

        digest = hashlib.sha256(b"amx-capsule-v1\\0")
        for path, mode, content in sorted(files):
            digest.update(mode.encode() + b" " + path + b"\\0" + struct.pack(">Q", len(content)))
            digest.update(hashlib.sha256(content).digest())
        if task["archive"]:
            with tarfile.open(task["archive"] + ".tar", "w", format=tarfile.GNU_FORMAT, encoding="utf-8",
                              errors="surrogateescape") as archive:
                for path, mode, content in files:
                    entry = tarfile.TarInfo(path.decode("utf-8", "surrogateescape"))
                    entry.mode = int(mode, 8) & 0o777
                    if mode == "120000":
                        entry.type, entry.linkname = tarfile.SYMTYPE, content.decode()
                        archive.addfile(entry)
                    else:
                        entry.size = len(content)
                        archive.addfile(entry, io.BytesIO(content))
        root = tree(files)
        parent = f"parent {task['parent']}\\n" if task["parent"] else ""
        person = "Eve <eve@example.com> 1700000000 +0000"
        commit = f"tree {root}\\n{parent}author {person}\\ncommitter {person}\\n\\n{task['message']}\\n"
        print(put("commit", commit.encode()), root, "sha256:" + digest.hexdigest())
        """
}
