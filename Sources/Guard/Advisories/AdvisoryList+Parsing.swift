import Capsules
package import Objects

extension AdvisoryList {
    /// The largest file of advisories, in bytes.
    package static let sizeLimit = 256 << 20

    /// Reads advisories in OSV's form: an array of them, or one a line; `.failure` names what cannot be used.
    ///
    /// Of each, `id`, `summary` (or `details`), `withdrawn`, `affected[].package`, `.versions`, `.ranges[].events` and
    /// `database_specific.severity` are used; ecosystems other than npm and PyPI, ranges of git commits and withdrawn advisories are passed over.
    package init(parsing bytes: [UInt8], file: String) throws(AmxError) {
        guard bytes.count <= Self.sizeLimit else {
            throw AmxError(
                .failure, "cannot use \(file): it has \(bytes.count) bytes, and at most \(Self.sizeLimit) are read",
                hint: "take the advisories of the ecosystems that you use")
        }
        var advisories: [Advisory] = []
        let digest = SHA256Hasher.hash(of: bytes)
        let label = "advisories@\(String(describing: digest).prefix(12))"
        if bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "[") {
            for (index, value) in (try Self.parse(bytes, file).array ?? []).enumerated() {
                advisories += try Self.advisories(value, place: "\(file): [\(index)]")
            }
        } else {
            for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
            where line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
                let place = "\(file), line \(index + 1)"
                advisories += try Self.advisories(Self.parse(Array(line), place), place: place)
            }
        }
        self.init(advisories, label: label)
    }

    private static func parse(_ bytes: [UInt8], _ place: String) throws(AmxError) -> JSONValue {
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw error.error(in: place)
        }
    }

    private static func advisories(_ value: JSONValue, place: String) throws(AmxError) -> [Advisory] {
        guard let id = value["id"]?.string, let affected = value["affected"]?.array else {
            throw AmxError(
                .failure, "cannot use the advisory at \(place): it has no 'id' and 'affected'",
                hint: "give advisories in OSV's form: https://ossf.github.io/osv-schema/")
        }
        guard value["withdrawn"] == nil else { return [] }
        let summary = value["summary"]?.string ?? value["details"]?.string ?? "a known weakness"
        let severity = severity(value["database_specific"]?["severity"]?.string)
        return affected.compactMap { entry in
            guard let name = entry["package"]?["name"]?.string,
                let ecosystem = entry["package"]?["ecosystem"]?.string.flatMap(Ecosystem.init(rawValue:))
            else { return nil }
            return Advisory(
                id: id, summary: summary, severity: severity, ecosystem: ecosystem, package: name,
                versions: Set((entry["versions"]?.array ?? []).compactMap(\.string)),
                ranges: (entry["ranges"]?.array ?? []).flatMap(ranges))
        }
    }

    /// OSV's events come in order: each `introduced` begins a range that a `fixed` or `last_affected` ends.
    private static func ranges(_ value: JSONValue) -> [Advisory.Range] {
        guard value["type"]?.string != "GIT" else { return [] }
        var ranges: [Advisory.Range] = []
        var introduced: String?
        for event in value["events"]?.array ?? [] {
            if let start = event["introduced"]?.string {
                if let introduced {
                    ranges.append(Advisory.Range(introduced: introduced, fixed: nil, lastAffected: nil))
                }
                introduced = start
            } else if let start = introduced {
                let fixed = event["fixed"]?.string
                let last = event["last_affected"]?.string
                guard fixed != nil || last != nil else { continue }
                ranges.append(Advisory.Range(introduced: start, fixed: fixed, lastAffected: last))
                introduced = nil
            }
        }
        if let introduced { ranges.append(Advisory.Range(introduced: introduced, fixed: nil, lastAffected: nil)) }
        return ranges
    }

    private static func severity(_ name: String?) -> Severity {
        switch name?.uppercased() {
        case "LOW": .low
        case "MODERATE", "MEDIUM": .medium
        case "CRITICAL": .critical
        default: .high
        }
    }
}
