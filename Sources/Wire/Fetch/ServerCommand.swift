/// What a request to `git-upload-pack` asks for.
package enum ServerCommand: Sendable, Hashable {
    /// The refs (v2 only).
    case lsRefs(LsRefsRequest)
    /// A round of negotiation, or a pack.
    case fetch(FetchRequest)
}
