/// A commit or tag, taken apart into what was signed and the signature, where git puts it.
///
/// A tag's signature is a block at the end of its message, a commit's is the header `gpgsig`. Git takes a tag's last block
/// and passes over what follows it; here an object has one signature or is ambiguous.
package enum SignedObject: Hashable, Sendable {
    /// There is no signature.
    case unsigned
    /// One in OpenSSH's form, and the bytes that it is of.
    case ssh(armour: [UInt8], payload: [UInt8])
    /// One that is not OpenSSH's; the name says whose.
    case foreign(String)
    /// More than one.
    case ambiguous

    private static let forms: [(start: [UInt8], name: String)] = [
        (SSHSignature.begin, "SSH"), (Array("-----BEGIN PGP SIGNATURE-----".utf8), "OpenPGP"),
        (Array("-----BEGIN PGP MESSAGE-----".utf8), "OpenPGP"), (Array("-----BEGIN SIGNED MESSAGE-----".utf8), "X.509"),
    ]
    private static let header = Array("gpgsig".utf8)
    private static let headerOfOtherHash = Array("gpgsig-sha256".utf8)

    /// Takes a tag object's bytes apart.
    package init(tag bytes: [UInt8]) {
        var blocks: [(position: Int, name: String)] = []
        var hasOtherHash = false
        var isHeader = true
        var position = 0
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
            let line = bytes[position..<end]
            if isHeader, line.prefix(while: { $0 != 0x20 }).elementsEqual(Self.headerOfOtherHash) {
                hasOtherHash = true
            }
            isHeader = isHeader && !line.isEmpty
            if let form = Self.forms.first(where: { line.starts(with: $0.start) }) {
                blocks.append((position, form.name))
            }
            position = end + 1
        }
        guard !hasOtherHash else {
            self = .foreign("SHA-256")
            return
        }
        guard let block = blocks.first else {
            self = .unsigned
            return
        }
        self.init(bytes[block.position...], blocks.count, block.name, payload: Array(bytes[..<block.position]))
    }

    /// Takes a commit object's bytes apart.
    package init(commit bytes: [UInt8]) {
        var payload: [UInt8] = []
        var armour: [UInt8] = []
        var count = 0
        var hasOtherHash = false
        var isSignature = false
        var rest = bytes[...]
        while !rest.isEmpty, rest.first != 0x0A {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[end...]
            let key = line.prefix { $0 != 0x20 && $0 != 0x0A }
            if key.isEmpty, isSignature {
                armour += line.dropFirst()
            } else if key.elementsEqual(Self.header) {
                count += 1
                isSignature = true
                armour += line.dropFirst(key.count + 1)
            } else {
                isSignature = false
                hasOtherHash = hasOtherHash || key.elementsEqual(Self.headerOfOtherHash)
                payload += line
            }
        }
        if hasOtherHash {
            self = .foreign("SHA-256")
        } else if count == 0 {
            self = .unsigned
        } else {
            let name = Self.forms.first { armour.starts(with: $0.start) }?.name ?? "SSH"
            self.init(armour[...], count, name, payload: payload + rest)
        }
    }

    private init(_ armour: ArraySlice<UInt8>, _ count: Int, _ name: String, payload: [UInt8]) {
        if count > 1 {
            self = .ambiguous
        } else if name == "SSH" {
            self = .ssh(armour: Array(armour), payload: payload)
        } else {
            self = .foreign(name)
        }
    }

    /// A commit object with a signature of its bytes, as the last header.
    package static func commit(_ bytes: [UInt8], signedBy armour: [UInt8]) -> [UInt8] {
        var position = 0
        while position < bytes.count, bytes[position] != 0x0A {
            position = bytes[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        }
        var lines: [UInt8] = header
        for line in armour.split(separator: 0x0A) { lines += [0x20] + line + [0x0A] }
        return bytes[..<position] + lines + bytes[position...]
    }

    /// A tag object with a signature of its bytes, as its end.
    package static func tag(_ bytes: [UInt8], signedBy armour: [UInt8]) -> [UInt8] { bytes + armour }
}
