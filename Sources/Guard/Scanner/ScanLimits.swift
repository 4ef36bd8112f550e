/// Bounds on one scan, so that it takes time and memory proportional to the capsule's size.
package struct ScanLimits: Hashable, Sendable {
    /// The largest file whose text is looked into, in bytes.
    package var fileBytes = 4 << 20
    /// The most bytes of text that are looked into.
    package var totalBytes = 256 << 20
    /// How many matches of one rule in one file are looked for; the rules of `seed-v1` count all.
    package var matches = 100
    /// How many findings a report keeps.
    package var findings = 10_000

    package init() {}
}
