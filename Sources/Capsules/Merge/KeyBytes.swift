/// A key as the bytes that it is.
struct KeyBytes: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: KeyBytes, right: KeyBytes) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension JSONObject {
    /// The members by key, for objects that are asked for many.
    var values: [KeyBytes: JSONValue] {
        Dictionary(
            members.map { (KeyBytes($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
