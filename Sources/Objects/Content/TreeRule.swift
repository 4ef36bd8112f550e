/// One of the rules that every path of a capsule keeps, as broken by a path.
///
/// The rules make a capsule mean the same on every file system, and keep its files away from what git and Amx keep for
/// themselves (`docs/overview.md`, "What a capsule may contain").
enum TreeRule: Hashable, Sendable {
    case emptyPath
    case pathTooLong
    case tooDeep
    case emptyComponent
    case dotComponent
    case componentTooLong
    case invalidUTF8
    case controlCharacter
    case formatCharacter
    case forbiddenCharacter(UInt8)
    case trailingDotOrSpace
    case gitName
    case amxName
    case deviceName

    /// Why the path is refused, to follow `<what failed>: `.
    var reason: String {
        switch self {
        case .emptyPath: "a path must not be empty"
        case .pathTooLong: "a path has at most \(TreeRules.pathBytes) bytes"
        case .tooDeep: "a path has at most \(TreeRules.depth) components"
        case .emptyComponent: "a path has no empty components"
        case .dotComponent: "a path has no '.' or '..' components"
        case .componentTooLong: "a name has at most \(TreeRules.componentBytes) bytes"
        case .invalidUTF8: "a name must be valid UTF-8"
        case .controlCharacter: "a name has no control characters"
        case .formatCharacter: "a name has no invisible format characters"
        case .forbiddenCharacter(let byte): "a name has no '\(Unicode.Scalar(byte))'"
        case .trailingDotOrSpace: "a name does not end in a dot or a space"
        case .gitName: "the name is git's own on some file system"
        case .amxName: "the name is Amx's own on some file system"
        case .deviceName: "the name is a device's on Windows"
        }
    }

    /// What to do about it.
    var hint: String {
        switch self {
        case .emptyPath, .emptyComponent, .dotComponent:
            "write the path relative to the capsule's root, as in 'docs/a.md'"
        case .pathTooLong, .componentTooLong: "shorten the name"
        case .tooDeep: "move the file to a folder nearer to the capsule's root"
        case .invalidUTF8: "rename the file with a name in UTF-8"
        case .controlCharacter, .formatCharacter, .forbiddenCharacter, .trailingDotOrSpace, .deviceName:
            "rename it: a capsule's files must work on every system"
        case .gitName, .amxName: "rename it, or leave it out with a line in .amxignore"
        }
    }

    /// The error for a path, or a part of one, that breaks this rule.
    func error(for bytes: some Sequence<UInt8>) -> AmxError {
        AmxError(.failure, "path '\(TreeRules.printable(bytes))' is not allowed: \(reason)", hint: hint)
    }
}
