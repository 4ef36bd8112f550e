/// Where a request of HTTP goes, read strictly: what programs read in different ways is not read at all (rows S-071,
/// S-072).
package struct HTTPTarget: Hashable, Sendable {
    package let isEncrypted: Bool
    package let host: NetworkHost
    package let port: UInt16
    /// What follows the host and the port, without the fragment; `/` at the least.
    package let path: String

    /// Why an address is none that is read.
    package enum Fault: Error, Hashable, Sendable {
        /// It has more bytes than an address may have.
        case tooLong
        /// It has a blank, a control character, a backslash, or a byte outside of ASCII.
        case character
        /// It starts with neither `http://` nor `https://`.
        case scheme
        /// It has an `@` in front of the path.
        case user
        case host(NetworkHost.Fault)
        case port
    }

    /// The longest address, in bytes.
    package static let maximumBytes = 8192

    /// Reads an absolute address.
    package init(parsing text: String) throws(Fault) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumBytes else { throw .tooLong }
        let odd = Array(#""<>\^`{|}"#.utf8)
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && !odd.contains($0) }) else { throw .character }
        let lowered = bytes.prefix(8).map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        let scheme: Int
        if lowered.starts(with: "https://".utf8) {
            (isEncrypted, scheme) = (true, 8)
        } else if lowered.starts(with: "http://".utf8) {
            (isEncrypted, scheme) = (false, 7)
        } else {
            throw .scheme
        }
        let rest = bytes[scheme...]
        // Some end the authority at the first `?` or `#`, some at the first slash, and take what stands before an `@`
        // for a user.
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        guard !rest[..<slash].contains(UInt8(ascii: "@")) else { throw .user }
        let end = rest[..<slash].firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? slash
        let authority = rest[..<end]
        // Behind the bracket of version 6, the only colon is the port's.
        let bracket = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        let colon = authority[bracket...].firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        do throws(NetworkHost.Fault) {
            host = try NetworkHost(String(decoding: authority[..<colon], as: UTF8.self))
        } catch {
            throw .host(error)
        }
        if colon == authority.endIndex {
            port = isEncrypted ? 443 : 80
        } else {
            guard let number = PortNumber.parse(authority[(colon + 1)...]) else { throw .port }
            port = number
        }
        let tail = rest[end...].prefix { $0 != UInt8(ascii: "#") }
        path = (tail.first == UInt8(ascii: "/") ? "" : "/") + String(decoding: tail, as: UTF8.self)
    }

    /// The address of the same place in its plainest form, which is what is to be requested.
    package var text: String {
        let isUsual = port == (isEncrypted ? 443 : 80)
        return "\(isEncrypted ? "https" : "http")://\(host)\(isUsual ? "" : ":\(port)")\(path)"
    }
}

extension HTTPTarget.Fault {
    /// What is wrong, in words.
    var description: String {
        switch self {
        case .tooLong: "it has more than \(HTTPTarget.maximumBytes) bytes"
        case .character: "it has a character that addresses do not have"
        case .scheme: "it starts with neither http:// nor https://"
        case .user: "it has an @ in front of its path"
        case .host(let fault): fault.description
        case .port: "its port is no number from 1 to 65535"
        }
    }

    /// What to write instead.
    var remedy: String {
        switch self {
        case .tooLong: "send what is long in the request's body"
        case .character: "encode such characters with %, and write names of hosts in their xn-- form"
        case .scheme: "write it as https://api.example.com/path"
        case .user: "send names and passwords in a header, and write a / behind the host"
        case .host(let fault): fault.remedy
        case .port: "write a port from 1 to 65535, or none"
        }
    }
}

extension NetworkHost.Fault {
    /// What is wrong, in words.
    var description: String {
        switch self {
        case .empty: "it has no host"
        case .notASCII: "its host has characters outside of ASCII"
        case .oddAddress(let address?): "its host is the address \(address) in another form"
        case .oddAddress(nil): "its host ends in a number and is no address"
        case .invalid: "its host is neither a name nor an address"
        }
    }

    /// What to write instead.
    var remedy: String {
        switch self {
        case .empty, .invalid: "write it as https://api.example.com/path"
        case .notASCII: "write the host in its xn-- form"
        case .oddAddress: "write addresses as four decimal numbers, such as 192.0.2.1"
        }
    }
}
