package import Capsules
import Glibc
package import Objects

/// An allowed-signers file that `amx trust` changes; all other lines stay as they are.
///
/// A change replaces the file whole, durably, under a lock.
package struct TrustFile {
    private let path: String

    /// Uses a file, which need not exist.
    package init(path: String) { self.path = path }

    /// The file of the user, for all workspaces.
    package static func userPath() throws(AmxError) -> String {
        guard let path = UserFolder.allowedSignersPath else { return "\(try UserFolder.existing())/allowed_signers" }
        return path
    }

    /// Adds a key; false when the same line is there already. Times are in the form of the file.
    @discardableResult
    package func add(
        _ key: PublicKey, as name: String, namespaces: String? = nil, validAfter: String? = nil,
        validBefore: String? = nil
    ) throws(AmxError) -> Bool {
        let signer = try AllowedSigner(
            name: name, key: key, namespaces: namespaces, validAfter: validAfter, validBefore: validBefore)
        var isNew = false
        try change { lines throws(AmxError) in
            var present = AllowedSigners()
            try present.add(Array(lines.joined(separator: [0x0A])), from: path)
            isNew = !present.entries.contains { $0.signer == signer }
            if isNew { lines.append(Array(signer.line.utf8)) }
        }
        return isNew
    }

    /// Removes the lines whose principals or whose key's fingerprint are given; returns the fingerprints.
    package func remove(_ subject: String) throws(AmxError) -> [String] {
        guard Directory.exists(path) else { return [] }
        var removed: [String] = []
        try change { lines throws(AmxError) in
            var kept: [[UInt8]] = []
            for line in lines {
                var entry = AllowedSigners()
                // A line that cannot be read is not the one that is meant.
                try? entry.add(line, from: path)
                if let signer = entry.entries.first?.signer,
                    signer.name.utf8.elementsEqual(subject.utf8) || signer.key.fingerprint == subject
                {
                    removed.append(signer.key.fingerprint)
                } else {
                    kept.append(line)
                }
            }
            lines = kept
        }
        return removed
    }

    private func change(_ body: (inout [[UInt8]]) throws(AmxError) -> Void) throws(AmxError) {
        // A link to the file is kept and its target replaced.
        let target = realpath(path, nil).map { resolved in
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let file = target ?? path
        try Directory.create(Directory.parent(of: file))
        let lock = try FileLock("\(file).lock", busy: "cannot change \(path)")
        let before = try FileContent.read(file, limit: AllowedSigners.sizeLimit) ?? []
        var lines = before.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        try body(&lines)
        let after = lines.reduce(into: [UInt8]()) { $0 += $1 + [0x0A] }
        if after != before { try AtomicFile.write(after, to: file) }
        _ = consume lock
    }
}
