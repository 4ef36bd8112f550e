import Objects

/// The members of one object of a document that a program has written, read strictly.
///
/// What is there must be of the right kind and form; members that nobody asks for are passed over. The first error ends the
/// reading: it names the place, as in `releases[3].commit`.
struct DocumentFields {
    /// What is wrong with a document, in words that follow a colon.
    struct Defect: Error {
        let reason: String
    }

    private let object: JSONObject
    private let place: String

    /// Reads a document's bytes, whose root must be an object; JSON itself is as strict as everywhere.
    init(parsing bytes: [UInt8], maximumDepth: Int) throws(Defect) {
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes, maximumDepth: maximumDepth)
        } catch {
            throw Defect(reason: "line \(error.line), column \(error.column): \(error.reason)")
        }
        try self.init(value, at: "")
    }

    /// Takes a value that must be an object.
    init(_ value: JSONValue, at place: String) throws(Defect) {
        guard let object = value.object else {
            throw Defect(reason: "\(place.isEmpty ? "the document" : place) is not an object")
        }
        self.object = object
        self.place = place
    }

    /// All members, in their order.
    var members: [JSONObject.Member] { object.members }

    /// A member's place, for an error.
    func place(of key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// Whether a member is there.
    func has(_ key: String) -> Bool { object[key] != nil }

    /// A member that must be there.
    func value(_ key: String) throws(Defect) -> JSONValue {
        guard let value = object[key] else { throw Defect(reason: "\(place(of: key)) is missing") }
        return value
    }

    /// A text that must be there.
    func text(_ key: String) throws(Defect) -> String {
        guard let text = try value(key).string else { throw Defect(reason: "\(place(of: key)) is not a text") }
        return text
    }

    /// A whole number that must be there.
    func integer(_ key: String) throws(Defect) -> Int64 {
        guard let number = try value(key).integer else {
            throw Defect(reason: "\(place(of: key)) is not a whole number")
        }
        return number
    }

    /// A text in a form that `read` knows; it must be there.
    func read<Value>(_ key: String, as form: String, _ read: (String) -> Value?) throws(Defect) -> Value {
        let text = try text(key)
        guard let value = read(text) else { throw wrong(key, form, text) }
        return value
    }

    /// The same where the member may be missing.
    func optional<Value>(_ key: String, as form: String, _ read: (String) -> Value?) throws(Defect) -> Value? {
        has(key) ? try self.read(key, as: form, read) : nil
    }

    /// An object's id in the form in which ids are written.
    func objectID(_ key: String) throws(Defect) -> ObjectID {
        try read(key, as: "an object's id") { ObjectID(hex: $0) }
    }

    /// A moment as RFC 3339 in UTC, to the second; gives seconds since 1970.
    func time(_ key: String) throws(Defect) -> Int64 {
        try read(key, as: "a moment such as 2026-11-21T10:00:00Z") { text in
            UTCTime.seconds(of: text.filter { !"-T:".contains($0) }).flatMap { UTCTime.text($0) == text ? $0 : nil }
        }
    }

    /// The object of a member that must be there.
    func fields(_ key: String) throws(Defect) -> DocumentFields { try DocumentFields(value(key), at: place(of: key)) }

    /// The objects of a list that must be there, at most `limit` of them.
    func list(_ key: String, limit: Int) throws(Defect) -> [DocumentFields] {
        guard let elements = try value(key).array else { throw Defect(reason: "\(place(of: key)) is not a list") }
        guard elements.count <= limit else {
            throw Defect(reason: "\(place(of: key)) has \(elements.count) entries, and at most \(limit) are taken")
        }
        var list: [DocumentFields] = []
        list.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            list.append(try DocumentFields(element, at: "\(place(of: key))[\(index)]"))
        }
        return list
    }

    /// What is thrown for a text of another form.
    func wrong(_ key: String, _ form: String, _ text: String) -> Defect {
        Defect(reason: "\(place(of: key)) is not \(form): '\(TreeRules.printable(text.utf8.prefix(80)))'")
    }
}
