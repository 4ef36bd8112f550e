import CSQLite
package import Objects

/// Values by their keys, in a file of SQLite.
///
/// Each change is whole and on the disk once it has returned, whatever is killed whenever, and several processes may
/// use a file at once. Not for use by several threads at once. Keys and values are bytes; keys are in bytewise order.
package final class KeyValueStore {
    let database: StoreDatabase
    private let quota: Int64

    /// How long others are waited for, in milliseconds.
    private static let patience: Int32 = 20_000
    private static let version: Int64 = 1
    private static let pageBytes: Int64 = 4_096

    /// Opens the store of a file, which is made with the folders above it where it is missing. `quota` is how many
    /// bytes keys and values may have together; one that is lower than what is there keeps all of that, and lets
    /// nothing be added.
    package init(_ path: String, quota: Int64) throws(AmxError) {
        try Directory.create(Directory.parent(of: path), mode: 0o700)
        self.quota = max(0, quota)
        do throws(StoreFault) {
            database = try StoreDatabase(path, patience: Self.patience)
            try Self.prepare(database, path)
            // A commit is on the disk before it returns.
            try database.execute(
                "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; "
                    + "PRAGMA journal_size_limit = 1048576; PRAGMA max_page_count = \(Self.pages(self.quota))")
        } catch {
            throw AmxError(
                .failure, "cannot open the store \(path): \(error.reason)",
                hint: "if it is damaged, put a copy from a backup in its place")
        }
    }

    /// The value of a key; nil where there is none.
    func value(_ key: [UInt8]) throws(StoreFault) -> [UInt8]? {
        let statement = try database.prepare("SELECT value FROM entry WHERE key = ?1")
        try statement.bind(1, key)
        return try statement.step() ? statement.bytes(0) : nil
    }

    /// Sets the value of a key.
    func set(_ key: [UInt8], _ value: [UInt8]) throws(StoreFault) {
        try database.transaction { () throws(StoreFault) in
            let added = Int64(value.count) + Int64(key.count) - (try size(key) ?? 0)
            let used = try self.used()
            let (wanted, isTooLarge) = used.addingReportingOverflow(added)
            guard added <= 0 || (!isTooLarge && wanted <= quota) else {
                throw StoreFault.overQuota(used: used, wanted: added)
            }
            let statement = try database.prepare(
                "INSERT INTO entry (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")
            try statement.bind(1, key)
            try statement.bind(2, value)
            _ = try statement.step()
            try add(added)
        }
    }

    /// Removes a key with its value; whether there was one.
    func remove(_ key: [UInt8]) throws(StoreFault) -> Bool {
        try database.transaction { () throws(StoreFault) in
            guard let size = try size(key) else { return false }
            let statement = try database.prepare("DELETE FROM entry WHERE key = ?1")
            try statement.bind(1, key)
            _ = try statement.step()
            try add(-size)
            return true
        }
    }

    /// The keys with a beginning that come after another, as many as may be, without those that are not allowed; and
    /// whether there are more.
    func keys(
        from prefix: [UInt8], after: [UInt8]?, limit: Int, where isAllowed: ([UInt8]) -> Bool
    ) throws(StoreFault) -> (keys: [[UInt8]], hasMore: Bool) {
        let statement = try database.prepare(
            "SELECT key FROM entry WHERE key >= ?1 AND (?2 = 0 OR key > ?3) ORDER BY key")
        try statement.bind(1, prefix)
        try statement.bind(2, after == nil ? 0 : 1)
        try statement.bind(3, after ?? [])
        var keys: [[UInt8]] = []
        while try statement.step() {
            let key = statement.bytes(0)
            guard key.starts(with: prefix) else { break }
            guard isAllowed(key) else { continue }
            guard keys.count < limit else { return (keys, true) }
            keys.append(key)
        }
        return (keys, false)
    }

    /// How many bytes all keys and values have.
    func used() throws(StoreFault) -> Int64 { try database.number("SELECT bytes FROM usage") }

    /// What is wrong with the file; empty where nothing is.
    func check() throws(StoreFault) -> [String] {
        let statement = try database.prepare("PRAGMA integrity_check")
        var found: [String] = []
        while try statement.step() {
            let text = String(decoding: statement.bytes(0), as: UTF8.self)
            if text != "ok" { found.append(text) }
        }
        let counted = try database.number("SELECT coalesce(sum(length(key) + length(value)), 0) FROM entry")
        let used = try used()
        if counted != used { found.append("\(used) bytes are noted, and there are \(counted)") }
        return found
    }

    // MARK: Parts

    /// The bytes of a key and its value; nil where there is none.
    private func size(_ key: [UInt8]) throws(StoreFault) -> Int64? {
        let statement = try database.prepare("SELECT length(key) + length(value) FROM entry WHERE key = ?1")
        try statement.bind(1, key)
        return try statement.step() ? statement.number(0) : nil
    }

    private func add(_ bytes: Int64) throws(StoreFault) {
        let statement = try database.prepare("UPDATE usage SET bytes = bytes + ?1")
        try statement.bind(1, bytes)
        _ = try statement.step()
    }

    /// Makes the tables of a new file, once, whoever else opens it at the same moment.
    private static func prepare(_ database: StoreDatabase, _ path: String) throws(StoreFault) {
        guard try isNew(database) else { return }
        do throws(AmxError) {
            // SQLite does not wait while it changes to its log.
            let lock = try FileLock(path + ".lock", timeout: 20, busy: "cannot make the store")
            defer { withExtendedLifetime(lock) {} }
            do throws(StoreFault) {
                guard try isNew(database) else { return }
                try database.execute("PRAGMA page_size = \(pageBytes); PRAGMA journal_mode = WAL")
                // Before the version says that all is there, for whoever looks for no more than that.
                try syncFolders(above: path)
                try database.transaction { () throws(StoreFault) in
                    try database.execute(
                        """
                        CREATE TABLE IF NOT EXISTS entry (key BLOB NOT NULL UNIQUE, value BLOB NOT NULL);
                        CREATE TABLE IF NOT EXISTS usage (bytes INTEGER NOT NULL);
                        DELETE FROM usage;
                        INSERT INTO usage VALUES (0);
                        PRAGMA user_version = \(version);
                        """)
                }
            } catch {
                throw AmxError(.failure, error.reason)
            }
        } catch {
            throw .failed(error.message)
        }
    }

    /// Waits until the names of the file, and of the folders that may have been made for it, are on the disk.
    private static func syncFolders(above path: String) throws(StoreFault) {
        var folder = path
        for _ in 0..<3 {
            folder = Directory.parent(of: folder)
            do throws(AmxError) { try Directory.sync(folder) } catch { throw .failed(error.message) }
        }
    }

    private static func isNew(_ database: StoreDatabase) throws(StoreFault) -> Bool {
        let found = try database.number("PRAGMA user_version")
        guard found == 0 || found == version else {
            throw .failed("it was made by another version of Amx (\(found))")
        }
        return found == 0
    }

    /// The most pages of a file: what SQLite needs beside keys and values is bounded as well.
    private static func pages(_ quota: Int64) -> Int64 {
        let (bytes, isTooLarge) = quota.multipliedReportingOverflow(by: 4)
        return min(isTooLarge ? .max : bytes / pageBytes + (1 << 20) / pageBytes, 4_294_967_294)
    }
}

extension StoreFault {
    /// What is wrong, in words.
    var reason: String {
        switch self {
        case .overQuota: "keys and values have as many bytes as they may have"
        case .fileFull: "its file is full"
        case .busy: "others used it for too long"
        case .failed(let text): text
        }
    }
}
