import Capsules
import Objects

extension Workspace {
    /// The folder of backups: for each day until which some are kept, a folder `2027-11-21` of bare repositories, which can be a remote.
    package var backupsDirectory: String { "\(metadata)/backups" }

    /// Puts a capsule's repository and its stores among the backups, or removes them where none are kept; durable before it returns.
    func putAway(_ id: CapsuleID, at path: String, now: EventTime) throws(AmxError) {
        let days = try self.days(of: .backup)
        let stores = try storeFiles(of: id)
        guard days > 0 else {
            try removeStores(stores)
            return try Directory.remove(path)
        }
        let end = now.adding(days: days)
        // One that is there of the same day already, since the capsule came back in between, keeps its place.
        for later in 0... {
            let folder = "\(backupsDirectory)/\(end.adding(days: later).day)"
            guard !Directory.exists("\(folder)/\(id).git"),
                !stores.contains(where: { Directory.exists("\(folder)/stores/\($0)") })
            else { continue }
            // The repository last: as long as it is where it was, all of this is done again.
            try putAwayStores(stores, in: folder)
            try Directory.createDurably(folder)
            try Directory.renameWithoutReplacing(path, to: "\(folder)/\(id).git")
            return try Directory.sync(folder)
        }
    }

    /// Removes the backups whose day has passed; what is no day's folder is left alone.
    func removeOldBackups(now: EventTime) throws(AmxError) {
        guard Directory.isDirectory(backupsDirectory) else { return }
        let today = now.day
        for name in try Directory.names(in: backupsDirectory) {
            let day = String(decoding: name, as: UTF8.self)
            guard day.utf8.count == 10, EventTime(day) != nil, day < today else { continue }
            try Directory.remove("\(backupsDirectory)/\(day)")
        }
    }
}

extension EventTime {
    /// The day in UTC.
    fileprivate var day: String { String(text.prefix(10)) }
}
