/// A named place that capsules are pushed to and pulled from: `remote.<name>.*` of the configuration, with git's keys.
package struct Remote: Sendable, Hashable {
    /// The short name, such as `origin`.
    package let name: String
    /// A hub owner's address, another workspace's path, or a git server's URL prefix.
    package var url: String
    /// Where pushes go instead (`pushurl`); nil for the same place.
    package var pushURL: String?
    /// Whether its releases are taken (`tagOpt`); of a fork they may not be wanted.
    package var takesReleases = true
    /// Whether a fetch forgets branches that are gone there (`prune`).
    package var prunes = false

    /// Makes a remote.
    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
