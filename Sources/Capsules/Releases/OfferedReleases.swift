/// The releases of one capsule that one place offers.
package struct OfferedReleases: Sendable, Hashable {
    /// Who offers them, as in ``Versions/Candidate/source``: a remote's or owner's name; empty for the workspace's own store.
    package let source: String
    /// The releases, ascending.
    package let releases: [Release]

    /// Names what a place offers.
    package init(source: String, releases: [Release]) {
        self.source = source
        self.releases = releases
    }
}
