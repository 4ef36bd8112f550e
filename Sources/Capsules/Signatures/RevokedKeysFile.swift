package import Objects

/// A list of public keys that count no more, one a line, that commands change; all other lines stay as they are.
package struct RevokedKeysFile {
    private let path: String

    /// Uses a file, which need not exist.
    package init(path: String) { self.path = path }

    /// The keys, in the file's order; `.failure` for a line that cannot be read.
    package func keys() throws(AmxError) -> [PublicKey] {
        let bytes = try FileContent.read(path, limit: AllowedSigners.sizeLimit) ?? []
        // Every line is known to be readable, empty ones and comments included.
        var all = AllowedSigners()
        try all.revoke(bytes, from: path)
        return bytes.split(separator: 0x0A).compactMap { PublicKey(line: String(decoding: $0, as: UTF8.self)) }
    }

    /// Adds a key; false when it is there already.
    package func add(_ key: PublicKey) throws(AmxError) -> Bool {
        var isNew = false
        try LineFile(path: path).change { lines throws(AmxError) in
            isNew = !lines.contains { PublicKey(line: String(decoding: $0, as: UTF8.self)) == key }
            if isNew { lines.append(Array(key.line.utf8)) }
        }
        return isNew
    }

    /// Takes a key off the list by its fingerprint; false when it was not on it.
    package func remove(_ fingerprint: String) throws(AmxError) -> Bool {
        guard Directory.exists(path) else { return false }
        var wasThere = false
        try LineFile(path: path).change { lines throws(AmxError) in
            let count = lines.count
            lines.removeAll { PublicKey(line: String(decoding: $0, as: UTF8.self))?.fingerprint == fingerprint }
            wasThere = lines.count < count
        }
        return wasThere
    }
}
