import Capsules
package import Objects

/// How long a capsule that was removed for good is kept as a backup (row A-146): the setting `lifecycle.backup`, in days.
package struct BackupPeriod: Sendable, Hashable {
    /// The setting's key.
    static let key = "lifecycle.backup"
    /// The periods that may be chosen, in days; none at all for 0.
    package static let range = 0...3650
    /// What holds without a setting.
    package static let standard = BackupPeriod(unchecked: 365)

    /// The days.
    package let days: Int

    /// A period within the range; nil for any other.
    package init?(days: Int) {
        guard Self.range.contains(days) else { return nil }
        self.init(unchecked: days)
    }

    private init(unchecked days: Int) { self.days = days }
}

extension Workspace {
    /// The folder of backups: for each day until which some are kept, a folder `2027-11-21` of bare repositories, which can be a remote.
    package var backupsDirectory: String { "\(metadata)/backups" }

    /// How long what is removed for good is kept here; `.failure` for a setting that is none.
    package func backupPeriod() throws(AmxError) -> BackupPeriod {
        guard let entry = try Settings(self).value(SettingKey(BackupPeriod.key)) else { return .standard }
        guard let days = Int(entry.value), let period = BackupPeriod(days: days) else {
            throw AmxError(
                .failure,
                "\(BackupPeriod.key) cannot be '\(TreeRules.printable(entry.value.utf8))': it is set in \(entry.file)",
                hint:
                    "give a whole number of days from \(BackupPeriod.range.lowerBound) to \(BackupPeriod.range.upperBound)"
            )
        }
        return period
    }

    /// Puts a repository among the backups, or removes it where none are kept; durable before it returns.
    func putAway(_ id: CapsuleID, at path: String, now: EventTime) throws(AmxError) {
        let days = try backupPeriod().days
        guard days > 0 else { return try Directory.remove(path) }
        // One that is there of the same day already, since the capsule came back in between, keeps its place.
        for day in days... {
            let folder = "\(backupsDirectory)/\(Self.day(now, plus: day))"
            guard !Directory.exists("\(folder)/\(id).git") else { continue }
            try Directory.createDurably(folder)
            try Directory.renameWithoutReplacing(path, to: "\(folder)/\(id).git")
            return try Directory.sync(folder)
        }
    }

    /// Removes the backups whose day has passed; what is no day's folder is left alone.
    func removeOldBackups(now: EventTime) throws(AmxError) {
        guard Directory.isDirectory(backupsDirectory) else { return }
        let today = Self.day(now, plus: 0)
        for name in try Directory.names(in: backupsDirectory) {
            let day = String(decoding: name, as: UTF8.self)
            guard day.utf8.count == 10, EventTime(day) != nil, day < today else { continue }
            try Directory.remove("\(backupsDirectory)/\(day)")
        }
    }

    /// The day in UTC that is so many days after another one.
    private static func day(_ time: EventTime, plus days: Int) -> String {
        let (added, isOver) = time.microseconds.addingReportingOverflow(Int64(days) * 86_400_000_000)
        return String(EventTime(microseconds: isOver ? .max : added).text.prefix(10))
    }
}
