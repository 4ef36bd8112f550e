package import Objects

/// An allowed-signers file that commands change; all other lines stay as they are.
package struct AllowedSignersFile {
    private let path: String
    private var file: LineFile { LineFile(path: path) }

    /// Uses a file, which need not exist.
    package init(path: String) { self.path = path }

    /// Adds a key; false when the same line is there already. Times are in the form of the file.
    @discardableResult
    package func add(
        _ key: PublicKey, as name: String, namespaces: String? = nil, validAfter: String? = nil,
        validBefore: String? = nil
    ) throws(AmxError) -> Bool {
        let signer = try AllowedSigner(
            name: name, key: key, namespaces: namespaces, validAfter: validAfter, validBefore: validBefore)
        var isNew = false
        try file.change { lines throws(AmxError) in
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
        try file.change { lines throws(AmxError) in
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
}
