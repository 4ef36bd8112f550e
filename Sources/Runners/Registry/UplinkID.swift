/// The id of an uplink in a registry, compared by its bytes.
package struct UplinkID: Hashable, Sendable {
    /// The id as text.
    package let string: String

    package init(_ string: String) { self.string = string }

    package static func == (left: UplinkID, right: UplinkID) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = string
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension UplinkID: Comparable, CustomStringConvertible {
    package static func < (left: UplinkID, right: UplinkID) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    package var description: String { string }
}
