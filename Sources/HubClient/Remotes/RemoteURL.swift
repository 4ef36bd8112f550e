package import Objects

/// What a remote's address may be: below `http(s)`, or a folder of this machine.
///
/// It names either a place of many repositories (a hub's owner, any git server's URL prefix, a workspace, a folder of
/// bare repositories) or, when it ends in `.git`, one capsule's repository.
package enum RemoteURL: Hashable, Sendable {
    /// A hub's owner or another git server.
    case web(WebAddress)
    /// An absolute path, without a slash at its end.
    case path(String)

    /// Parses an address as a user writes it; a relative path is taken from `directory`, which is absolute.
    ///
    /// `.usage` for schemes that Amx does not speak, secrets in the address, and control characters. Nothing is looked up.
    package init(parsing text: String, relativeTo directory: String) throws(AmxError) {
        func refuse(_ why: String, hint: String? = nil) -> AmxError {
            AmxError(.usage, "invalid address \(WebAddress.masked(text)): \(why)", hint: hint)
        }
        guard !text.isEmpty else { throw refuse("it is empty") }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw refuse("it has a control character") }
        if let colon = text.firstRange(of: "://") {
            switch text[..<colon.lowerBound].lowercased() {
            case "http", "https": self = .web(try WebAddress(parsing: text))
            case "file":
                let path = text[colon.upperBound...]
                guard path.hasPrefix("/") else { throw refuse("a file address names no other host") }
                self = .path(Self.normal(String(path)))
            case let scheme:
                throw refuse("\(scheme) is not spoken", hint: "use the https address of the repository, or a path")
            }
            return
        }
        let head = text.prefix { $0 != "/" }
        guard !head.contains(":") else {
            throw refuse(
                "ssh is not spoken", hint: "use the https address of the repository; write ./\(head) for a path")
        }
        self = .path(Self.normal(text.hasPrefix("/") ? text : "\(directory)/\(text)"))
    }

    /// The text that goes into a configuration; parsing it gives the same address.
    package var text: String {
        switch self {
        case .web(let address):
            guard let user = address.user else { return address.text }
            return
                "\(address.origin.scheme.rawValue)://\(user)@\(address.text.dropFirst(address.origin.scheme.rawValue.utf8.count + 3))"
        case .path(let path): return path
        }
    }

    /// The address of a repository in this place, by its name without `.git`.
    package func repository(_ name: String) -> RemoteURL {
        switch self {
        case .web(let address): .web(address.appending("\(name).git"))
        case .path(let path): .path("\(path == "/" ? "" : path)/\(name).git")
        }
    }

    /// The place and the name, when this is the address of one repository.
    package var repositoryParts: (place: RemoteURL, name: String)? {
        let path: String =
            switch self {
            case .web(let address): address.path
            case .path(let path): path
            }
        guard path.hasSuffix(".git"), let slash = path.lastIndex(of: "/") else { return nil }
        let name = path[path.index(after: slash)...].dropLast(4)
        guard !name.isEmpty else { return nil }
        let rest = String(path[..<slash])
        switch self {
        case .web(let address):
            return (.web(WebAddress(origin: address.origin, path: rest, user: address.user)), String(name))
        case .path: return (.path(rest.isEmpty ? "/" : rest), String(name))
        }
    }

    /// The address with `.git` at its end; nil for one that has no name there.
    package var withGitSuffix: RemoteURL? {
        switch self {
        case .web(let address):
            guard let slash = address.path.lastIndex(of: "/"), address.path.index(after: slash) != address.path.endIndex
            else { return nil }
            return .web(
                WebAddress(origin: address.origin, path: "\(address.path).git", user: address.user))
        case .path(let path): return path == "/" ? nil : .path("\(path).git")
        }
    }

    /// The origin whose token goes there; nil for a path.
    package var origin: Origin? {
        guard case .web(let address) = self else { return nil }
        return address.origin
    }

    /// Removes `.`, `..` and empty components, by text only.
    private static func normal(_ path: String) -> String {
        var components: [Substring] = []
        for component in path.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        var normal = components.isEmpty ? "/" : ""
        for component in components {
            normal += "/"
            normal += String(component)
        }
        return normal
    }
}

extension RemoteURL: CustomStringConvertible {
    /// The address without a user's name.
    package var description: String {
        switch self {
        case .web(let address): address.text
        case .path(let path): path
        }
    }
}
