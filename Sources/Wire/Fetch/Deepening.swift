/// How much history a shallow clone asks for.
package enum Deepening: Sendable, Hashable {
    /// This many commits from each wanted tip, or, if relative, beyond the client's present boundary.
    case depth(Int, relative: Bool)
    /// Only commits after a time (seconds since 1970), and none reachable from the named refs; at least one of both.
    case revisions(since: Int?, excluding: [String])

    /// The depth by which git asks for the whole history.
    package static let infiniteDepth = Int(Int32.max)
}
