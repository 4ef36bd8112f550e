import Capsules

/// A path that a capsule asks for, taken apart: what it starts from, and the names from there.
struct AskedPath: Hashable, Sendable {
    /// Why a text is no path that is looked at.
    enum Fault: Error, Hashable, Sendable {
        case empty
        case tooLong
        case nul
        case parent
        case notRooted
    }

    /// The longest path, in bytes (row S-099).
    static let maximumBytes = 4096

    let root: FileGrant.Root
    /// As bytes; none is empty, `.` or `..`.
    let names: [[UInt8]]

    /// Reads `cwd://…`, `workspace://…`, `home://…` or an absolute path.
    ///
    /// A name `..` anywhere is refused before anything is looked at (row S-073). Doubled slashes, those at the end and
    /// `.` say nothing.
    init(parsing text: String) throws(Fault) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.maximumBytes else { throw .tooLong }
        guard !bytes.contains(0) else { throw .nul }
        let schemes: [(name: String, root: FileGrant.Root)] =
            FileGrant.Root.allCases.map { ($0.rawValue, $0) } + [("workspace://", .workspace)]
        let scheme = schemes.first { bytes.starts(with: $0.name.utf8) }
        names = bytes.dropFirst(scheme?.name.utf8.count ?? 0).split(separator: UInt8(ascii: "/"))
            .filter { !$0.elementsEqual(".".utf8) }.map(Array.init)
        guard !names.contains(where: { $0.elementsEqual("..".utf8) }) else { throw .parent }
        guard let scheme else { throw .notRooted }
        root = scheme.root
    }

    /// Whether a grant names it by its words alone. Only what is told of a denial goes by that.
    func isNamed(by grant: FileGrant) -> Bool {
        root == grant.root && names.starts(with: grant.components.map { Array($0.utf8) }, by: ==)
    }
}

extension AskedPath.Fault {
    /// What is wrong, in words.
    var description: String {
        switch self {
        case .empty: "it is empty"
        case .tooLong: "it has more than \(AskedPath.maximumBytes) bytes"
        case .nul: "it has a NUL"
        case .parent: "it has '..' in it"
        case .notRooted: "it starts with none of cwd://, home:// and /"
        }
    }

    /// What to write instead.
    var remedy: String {
        switch self {
        case .empty, .notRooted: "write it as cwd://folder/file"
        case .tooLong: "use shorter paths"
        case .nul: "leave it out"
        case .parent: "name the folder that is meant"
        }
    }
}
