package import Objects

/// An `http` or `https` address: an origin, a path, and perhaps a user's name; never a password.
///
/// Parsing refuses what would read differently elsewhere: control characters, blanks, bytes outside ASCII, dot segments,
/// queries and fragments. Errors never show what stands between the scheme and the `@`.
package struct WebAddress: Hashable, Sendable {
    /// Where it is served.
    package let origin: Origin
    /// Empty, or `/` and components without a slash at the end.
    package let path: String
    /// The user's name of the address, which goes with the token instead of the stored name.
    package let user: String?

    init(origin: Origin, path: String, user: String? = nil) {
        self.origin = origin
        self.path = path
        self.user = user
    }

    /// Parses a whole address.
    package init(parsing text: String) throws(AmxError) {
        func refuse(_ why: String, hint: String? = nil) -> AmxError {
            AmxError(.usage, "invalid address \(Self.masked(text)): \(why)", hint: hint)
        }
        if let byte = text.utf8.first(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            throw refuse(
                byte < 0x20 || byte == 0x7F
                    ? "it has a control character" : "it has a blank or a character outside ASCII",
                hint: "write such characters percent-encoded, and host names in their xn-- form")
        }
        if let character = text.first(where: { "\"<>\\^`{|}".contains($0) }) {
            throw refuse("it has the character \(character)", hint: "write it percent-encoded")
        }
        guard let colon = text.firstRange(of: "://"),
            let scheme = Origin.Scheme(rawValue: text[..<colon.lowerBound].lowercased())
        else { throw refuse("only http and https addresses are spoken", hint: "write it as https://hub.example") }
        guard !text.contains("?"), !text.contains("#") else {
            throw refuse("it has a query or a fragment", hint: "leave out what follows ? or #")
        }
        let rest = text[colon.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        var user: String?
        if let at = authority.lastIndex(of: "@") {
            let name = authority[..<at]
            guard !name.contains(":") else {
                throw refuse(
                    "it carries a password", hint: "leave it out and store the token with `amx login URL`")
            }
            user = name.isEmpty ? nil : String(name)
            authority = authority[authority.index(after: at)...]
        }
        guard let (host, port) = Self.hostAndPort(authority, default: scheme.defaultPort) else {
            throw refuse(
                "it has no valid host and port", hint: "write it as https://hub.example or https://hub.example:8443")
        }
        var components = rest[slash...].split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        while components.last?.isEmpty == true { components.removeLast() }
        guard !components.contains(where: { $0.isEmpty || Self.isDotSegment($0) }) else {
            throw refuse("its path has an empty component or a dot segment", hint: "leave them out")
        }
        self.init(
            origin: Origin(scheme: scheme, host: host, port: port), path: components.map { "/\($0)" }.joined(),
            user: user)
    }

    /// The address of something below this one.
    package func appending(_ component: String) -> WebAddress {
        WebAddress(origin: origin, path: "\(path)/\(component)", user: user)
    }

    /// The text without the user's name, as requests and messages carry it.
    package var text: String { "\(origin)\(path)" }

    /// The address of what a repository's address lies in, such as a hub's owner; nil for one that lies at the root.
    package var ownerText: String? {
        let components = path.split(separator: "/").dropLast()
        return components.isEmpty ? nil : "\(origin)/\(components.joined(separator: "/"))"
    }

    /// The text with whatever stands before an `@` in the authority hidden, for addresses that may not even parse.
    package static func masked(_ text: String) -> String {
        let visible = String(String.UnicodeScalarView(text.unicodeScalars.map { isPrintable($0) ? $0 : "\u{FFFD}" }))
        guard let colon = visible.firstRange(of: "://") else { return visible }
        let rest = visible[colon.upperBound...]
        let end = rest.firstIndex(where: { "/?#".contains($0) }) ?? rest.endIndex
        // A password may itself hold a slash: hide up to the last @ of the whole text.
        guard let at = rest[..<end].lastIndex(of: "@") ?? rest.lastIndex(of: "@") else { return visible }
        return "\(visible[..<colon.upperBound])***\(visible[at...])"
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        default: true
        }
    }

    private static func isDotSegment(_ component: Substring) -> Bool {
        let plain = component.lowercased().split(separator: "%2e", omittingEmptySubsequences: false).joined(
            separator: ".")
        return plain == "." || plain == ".."
    }

    private static func hostAndPort(_ authority: Substring, default defaultPort: UInt16) -> (String, UInt16)? {
        var host = authority
        var port = defaultPort
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            host = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt16(digits),
                number > 0
            else { return nil }
            port = number
        }
        let name = host.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]"), name.utf8.count > 2 {
            guard name.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                return nil
            }
            return (name, port)
        }
        let isHost = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard isHost, !name.isEmpty, !name.hasPrefix("."), !name.contains("..") else { return nil }
        return (name, port)
    }
}

extension WebAddress: CustomStringConvertible {
    /// The text, with the user's name hidden.
    package var description: String { text }
}
