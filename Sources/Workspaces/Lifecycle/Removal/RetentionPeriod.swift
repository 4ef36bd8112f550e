package import Objects

/// For how many days something that was removed is kept: a setting.
package struct RetentionPeriod: Sendable {
    /// How long a removed capsule can be had back (rows ).
    package static let grace = RetentionPeriod("lifecycle.grace", 7...365, standard: 30)
    /// How long a capsule that was removed for good is kept as a backup (row A-146); not at all for 0.
    package static let backup = RetentionPeriod("lifecycle.backup", 0...3650, standard: 365)

    /// The setting's key.
    package let key: String
    /// The days that may be chosen.
    package let range: ClosedRange<Int>
    /// The days that hold without a setting.
    package let standard: Int

    private init(_ key: String, _ range: ClosedRange<Int>, standard: Int) {
        (self.key, self.range, self.standard) = (key, range, standard)
    }
}

extension Workspace {
    /// The days of a period here; `.failure` for a setting that is none of them.
    package func days(of period: RetentionPeriod) throws(AmxError) -> Int {
        guard let entry = try Settings(self).value(SettingKey(period.key)) else { return period.standard }
        guard let days = Int(entry.value), period.range.contains(days) else {
            throw AmxError(
                .failure,
                "\(period.key) cannot be '\(TreeRules.printable(entry.value.utf8))': it is set in \(entry.file)",
                hint: "give a whole number of days from \(period.range.lowerBound) to \(period.range.upperBound)")
        }
        return days
    }
}
