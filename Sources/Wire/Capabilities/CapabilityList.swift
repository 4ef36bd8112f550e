import Objects

/// What one side of a conversation offers or chooses: names, some with a value, in the order they were given.
///
/// Protocol v0 and v1 write them blank-separated behind the first line, v2 one to a line.
package struct CapabilityList: Sendable, Hashable {
    /// One entry.
    package struct Capability: Sendable, Hashable {
        /// What stands before `=`.
        package let name: String
        /// What stands behind `=`; nil without one.
        package let value: String?

        /// Makes an entry.
        package init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }

        /// Reads `name` or `name=value`; bytes that are not UTF-8 are repaired.
        init(_ bytes: ByteSlice) {
            let equals = bytes.firstIndex(of: UInt8(ascii: "="))
            name = String(decoding: bytes[..<(equals ?? bytes.endIndex)], as: UTF8.self)
            value = equals.map { String(decoding: bytes[$0...].dropFirst(), as: UTF8.self) }
        }

        /// `name` or `name=value`.
        package var text: String { value.map { "\(name)=\($0)" } ?? name }
    }

    /// All entries.
    package private(set) var entries: [Capability] = []

    /// Makes a list.
    package init(_ entries: [Capability] = []) { self.entries = entries }

    /// Reads entries parted by blanks.
    package init(spaceSeparated bytes: ArraySlice<UInt8>) {
        entries = bytes.split(separator: UInt8(ascii: " ")).map { Capability($0) }
    }

    /// All entries parted by blanks.
    package var spaceSeparated: String { entries.map(\.text).joined(separator: " ") }

    /// Adds an entry at the end.
    package mutating func append(_ name: String, _ value: String? = nil) { entries.append(Capability(name, value)) }

    /// Adds the line of a protocol v2 message.
    mutating func append(line: ByteSlice) { entries.append(Capability(line)) }

    /// Adds all entries of another list.
    mutating func append(contentsOf other: CapabilityList) { entries += other.entries }

    /// Whether an entry of this name is there, with or without a value.
    package func contains(_ name: String) -> Bool { entries.contains { $0.name == name } }

    /// The first entry's value; nil when it has none or is missing.
    package func value(of name: String) -> String? { entries.first { $0.name == name }?.value }

    /// All values under a name.
    package func values(of name: String) -> [String] { entries.compactMap { $0.name == name ? $0.value : nil } }

    /// The blank-separated features that a v2 capability lists in its value.
    package func features(of name: String) -> Set<String> {
        Set((value(of: name) ?? "").split(separator: " ").map(String.init))
    }

    /// Throws when the other side chose or offers object ids other than SHA-1.
    package func requireSHA1(from peer: Peer) throws {
        guard let format = value(of: "object-format"), format != "sha1" else { return }
        throw AmxError(
            .failure,
            "\(peer == .client ? "answering the request" : "reading the repository"): "
                + "its object format is '\(RemoteText.oneLine(format))', and Amx knows sha1 only",
            hint: "use a repository made with 'git init --object-format=sha1'")
    }
}
