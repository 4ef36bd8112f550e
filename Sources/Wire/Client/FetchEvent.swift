package import Objects

/// Something that a server's answer to a fetch tells.
package enum FetchEvent: Sendable, Hashable {
    /// The server has this commit too, or (one that knows `multi_ack` only) needs to hear nothing about its ancestors.
    case acknowledged(ObjectID)
    /// How the shallow boundary changes, once per fetch.
    case shallow(ShallowUpdate)
    /// Text for the user, free of terminal escapes; `\r` and `\n` part its lines.
    case progress(String)
    /// The server goes on behind the prefix that it was told of: the pack's bytes are those that follow it.
    case resumed
    /// The next bytes of the pack.
    case pack(ArraySlice<UInt8>)
}
