/// What is known about versions of one package: a part of an advisory in OSV's form.
package struct Advisory: Hashable, Sendable {
    /// The id, such as `GHSA-...`.
    package let id: String
    package let summary: String
    package let severity: Severity
    package let ecosystem: Ecosystem
    package let package: String
    /// Versions that are named one by one.
    package let versions: Set<String>
    package let ranges: [Range]

    /// Versions from one on, up to another.
    package struct Range: Hashable, Sendable {
        package let introduced: String
        /// The first that is good again.
        package let fixed: String?
        /// The last that is bad.
        package let lastAffected: String?
    }

    /// Whether a version is affected. One that cannot be read is affected only where it is named.
    func affects(_ version: String) -> Bool {
        versions.contains(version)
            || ranges.contains { range in
                guard range.introduced == "0" || ecosystem.precedes(version, range.introduced) == false else {
                    return false
                }
                if let fixed = range.fixed { return ecosystem.precedes(version, fixed) == true }
                if let last = range.lastAffected { return ecosystem.precedes(last, version) == false }
                return ecosystem.precedes(version, version) != nil
            }
    }

    /// The versions that are good again.
    var fixes: [String] { ranges.compactMap(\.fixed) }
}
