/// One limit as a configuration sets it, under `limits.<name>`.
package struct LimitSetting: Sendable {
    /// The field's name in ``Limits``, which error messages give.
    package let name: String
    /// What it bounds, for lists of settings.
    package let meaning: String
    /// The values that may be chosen.
    package let range: ClosedRange<Int>
    private let field: any WritableKeyPath<Limits, Int> & Sendable

    /// All limits, in the order of the documentation.
    package static let all: [LimitSetting] = {
        let count = 1...(1 << 40)
        return [
            LimitSetting("packBytes", "one pack, as transferred", count, \.packBytes),
            LimitSetting("objectBytes", "one object, inflated", count, \.objectBytes),
            LimitSetting("expandedBytes", "one capsule, all files", count, \.expandedBytes),
            LimitSetting("packExpandedBytes", "one pack, all of it inflated", count, \.packExpandedBytes),
            LimitSetting("compressionRatio", "compression ratio", count, \.compressionRatio),
            LimitSetting(
                "ratioFloorBytes", "inflated bytes below which the ratio is not looked at", 0...(1 << 40),
                \.ratioFloorBytes),
            LimitSetting("entries", "files of a capsule", count, \.entries),
            LimitSetting("packObjects", "objects of one pack", count, \.packObjects),
            LimitSetting("manifestBytes", "`manifest.json`", count, \.manifestBytes),
            LimitSetting("jsonDepth", "brackets open at once in JSON", 1...512, \.jsonDepth),
            LimitSetting("zstdWindowLog", "zstd window, as a power of two", 10...31, \.zstdWindowLog),
            LimitSetting("deltaDepth", "deltas between an object and its full form", 1...4095, \.deltaDepth),
            LimitSetting("refsPerPush", "references in one push", count, \.refsPerPush),
            LimitSetting(
                "resolutionCapsules", "capsules asked for in one choice of versions", count, \.resolutionCapsules),
            LimitSetting(
                "resolutionDepth", "capsules that require each other in a line, in one choice of versions", count,
                \.resolutionDepth),
            LimitSetting(
                "resolutionReleases", "releases looked at in one choice of versions", count, \.resolutionReleases),
            LimitSetting("indexBytes", "hubs' indexes in one choice of versions", count, \.indexBytes),
            LimitSetting("bundleMemberBytes", "one member of a bundle", count, \.bundleMemberBytes),
        ]
    }()

    private init(
        _ name: String, _ meaning: String, _ range: ClosedRange<Int>,
        _ field: any WritableKeyPath<Limits, Int> & Sendable
    ) {
        (self.name, self.meaning, self.range, self.field) = (name, meaning, range, field)
    }

    /// The value among some limits.
    package func value(in limits: Limits) -> Int { limits[keyPath: field] }

    /// Changes the value among some limits.
    ///
    /// The text is a whole number, with `k`, `m` or `g` for a power of 1,024. `.failure` for anything else and for a number out of
    /// range.
    package func set(_ text: String, in limits: inout Limits) throws(AmxError) {
        guard let number = ConfigNumber.parse(text), range.contains(number) else {
            throw AmxError(
                .failure, "limits.\(name) cannot be '\(TreeRules.printable(text.utf8))'",
                hint: "give a whole number from \(range.lowerBound) to \(range.upperBound); k, m and g multiply by 1024"
            )
        }
        limits[keyPath: field] = number
    }
}

extension Limits {
    /// The defaults with what configuration files say of `limits.<name>`.
    ///
    /// A value of the first file that has one counts. Unknown names are passed over. `.failure` for a value that is none.
    package init(configuredBy files: [ConfigFile]) throws(AmxError) {
        self.init()
        for setting in LimitSetting.all {
            for file in files {
                guard let text = try file.string("limits.\(setting.name)") else { continue }
                try setting.set(text, in: &self)
                break
            }
        }
    }
}
