/// A file or folder with all that is in it, which a capsule wants to reach (rows S-073 to S-078).
package struct FileGrant: Hashable, Sendable {
    /// What a path starts from.
    package enum Root: String, Hashable, Sendable, CaseIterable {
        /// The workspace, `cwd://`; `workspace://` is another name of it.
        case workspace = "cwd://"
        /// The home that the runner gives the capsule, `home://`.
        case home = "home://"
        /// The host's file system.
        case host = "/"
    }

    package let root: Root
    /// The names from the root down: none is empty, `.` or `..`. None at all is the root itself, which the host's never is.
    package let components: [String]
    /// Whether it was written as `*`, which is everything in the workspace and nothing outside (row S-075).
    package let isWildcard: Bool

    /// Why a text is no grant.
    enum Problem: Error {
        case notRooted
        case parent
        case wildcard
        case everything
    }

    /// Reads `*`, `cwd://…`, `home://…`, `workspace://…` or an absolute path.
    ///
    /// Slashes behind the scheme say nothing, nor do doubled ones and `.`: `cwd:///etc` is a folder of the workspace.
    init(parsing text: String) throws(Problem) {
        if text == "*" {
            (root, components, isWildcard) = (.workspace, [], true)
            return
        }
        let bytes = Array(text.utf8)
        let schemes: [(name: String, root: Root)] =
            Root.allCases.map { ($0.rawValue, $0) } + [("workspace://", .workspace)]
        guard let scheme = schemes.first(where: { bytes.starts(with: $0.name.utf8) }) else { throw .notRooted }
        let names = bytes.dropFirst(scheme.name.utf8.count).split(separator: UInt8(ascii: "/"))
            .filter { !$0.elementsEqual(".".utf8) }
        guard !names.contains(where: { $0.elementsEqual("..".utf8) }) else { throw .parent }
        guard !names.contains(where: { $0.contains(UInt8(ascii: "*")) || $0.contains(UInt8(ascii: "?")) }) else {
            throw .wildcard
        }
        guard scheme.root != .host || !names.isEmpty else { throw .everything }
        root = scheme.root
        components = names.map { String(decoding: $0, as: UTF8.self) }
        isWildcard = false
    }
}

extension FileGrant: CustomStringConvertible {
    /// The grant in its plainest form.
    package var description: String { isWildcard ? "*" : root.rawValue + components.joined(separator: "/") }
}
