/// The two modes that a capsule's file can have; nothing else is content.
public enum FileMode: UInt32, Sendable, Hashable {
    case regular = 0o100644
    case executable = 0o100755

    /// Six ASCII digits, as git trees, the content digest and `--json` show a mode.
    public var octal: String { self == .regular ? "100644" : "100755" }

    /// Maps a file's permission bits: executable exactly when its owner may execute it.
    public init(permissions: UInt32) {
        self = permissions & 0o100 != 0 ? .executable : .regular
    }
}
