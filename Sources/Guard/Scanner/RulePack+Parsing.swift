import Capsules
package import Objects

extension RulePack {
    /// The largest file of rules, in bytes.
    package static let sizeLimit = 1 << 20
    /// The most rules of one pack.
    package static let ruleLimit = 1000

    /// Reads a pack in the form of `docs/scanning.md`; `.failure` names the first thing that is wrong, and where.
    package init(parsing bytes: [UInt8], file: String) throws(AmxError) {
        guard bytes.count <= Self.sizeLimit else {
            throw AmxError(
                .failure, "cannot use \(file): it has \(bytes.count) bytes, and at most \(Self.sizeLimit) are read",
                hint: "split it into several packs")
        }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            throw error.error(in: file)
        }
        let root = try Fields(value, file: file, path: .root, known: ["format", "name", "version", "rules"])
        guard value["format"]?.integer == 1 else { throw root.defect("format", "the number 1") }
        let name = try root.text("name")
        guard Self.isName(name) else { throw root.defect("name", "letters, digits, '-', '_' and '.', at most 64") }
        let version = try root.text("version")
        guard Self.isName(version) else {
            throw root.defect("version", "letters, digits, '-', '_' and '.', at most 64")
        }
        guard let list = value["rules"]?.array, list.count <= Self.ruleLimit else {
            throw root.defect("rules", "an array of at most \(Self.ruleLimit) rules")
        }
        var rules: [Rule] = []
        for (index, value) in list.enumerated() {
            rules.append(try Self.rule(value, file, JSONPath.root.key("rules").index(index)))
        }
        self.init(name: name, version: version, rules: rules)
        guard !Self.builtIn.contains(where: { $0.name == name }) else {
            throw root.defect("name", "a name that no pack of Amx has")
        }
    }

    private static func rule(_ value: JSONValue, _ file: String, _ path: JSONPath) throws(AmxError) -> Rule {
        let fields = try Fields(
            value, file: file, path: path,
            known: [
                "id", "severity", "message", "advice", "pattern", "magic", "ignoreCase", "keywords", "languages",
                "paths",
                "group", "entropy", "unless", "unlessLine", "secret", "perFile",
            ])
        let id = try fields.text("id")
        guard isName(id) else { throw fields.defect("id", "letters, digits, '-', '_' and '.', at most 64") }
        guard let severity = Severity(rawValue: try fields.text("severity")) else {
            throw fields.defect("severity", "one of " + Severity.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let message = try fields.text("message")
        let advice = try fields.optionalText("advice") ?? "look at it: \(message)"
        var rule: Rule
        switch (value["pattern"], value["magic"]) {
        case (.some, nil): rule = Rule(id, severity, message, advice: advice, try fields.text("pattern"))
        case (nil, .some):
            guard let magic = magic(try fields.text("magic")) else {
                throw fields.defect("magic", "1 to 64 bytes in hexadecimal digits")
            }
            rule = Rule(id, severity, message, advice: advice, magic: magic)
        default: throw fields.defect("pattern", "either a 'pattern' or a 'magic'")
        }
        rule.ignoresCase = try fields.flag("ignoreCase")
        rule.keywords = try fields.texts("keywords")
        for name in try fields.texts("languages") {
            guard let language = Language(rawValue: name) else {
                throw fields.defect("languages", "some of " + Language.allCases.map(\.rawValue).joined(separator: ", "))
            }
            rule.languages.insert(language)
        }
        rule.paths = try fields.optionalText("paths")
        rule.unless = try fields.optionalText("unless")
        rule.unlessLine = try fields.optionalText("unlessLine")
        rule.isSecret = try fields.flag("secret")
        rule.isPerFile = try fields.flag("perFile")
        if let group = value["group"] {
            guard let number = group.integer, 0...100 ~= number else {
                throw fields.defect("group", "a number from 0 to 100")
            }
            rule.group = Int(number)
        }
        if let entropy = value["entropy"] {
            guard let number = entropy.number, 0...8 ~= number else {
                throw fields.defect("entropy", "a number from 0 to 8")
            }
            rule.entropy = number
        }
        return rule
    }

    private static func isName(_ text: String) -> Bool {
        1...64 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }

    private static func magic(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x41 + 10
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        guard 2...128 ~= digits.count, digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}

/// The members of an object of a pack; each look-up throws what is wrong, with the place.
private struct Fields {
    private let object: JSONObject
    private let file: String
    private let path: JSONPath

    init(_ value: JSONValue, file: String, path: JSONPath, known: Set<String>) throws(AmxError) {
        self.file = file
        self.path = path
        guard let object = value.object else {
            throw AmxError(
                .failure, "cannot use \(file): \(path) is not an object",
                hint: "see docs/scanning.md for the form of a pack")
        }
        self.object = object
        for key in object.keys where !known.contains(key) {
            throw AmxError(
                .failure, "cannot use \(file): \(path) has an unknown member \"\(Excerpt.of(key))\"",
                hint: "it may have " + known.sorted().joined(separator: ", "))
        }
    }

    func defect(_ key: String, _ expected: String) -> AmxError {
        AmxError(
            .failure, "cannot use \(file): \(path.key(key)) must be \(expected)",
            hint: "see docs/scanning.md for the form of a pack")
    }

    func text(_ key: String) throws(AmxError) -> String {
        guard let text = try optionalText(key) else { throw defect(key, "there") }
        return text
    }

    func optionalText(_ key: String) throws(AmxError) -> String? {
        guard let value = object[key] else { return nil }
        guard let text = value.string, !text.isEmpty else { throw defect(key, "a text that is not empty") }
        return text
    }

    func flag(_ key: String) throws(AmxError) -> Bool {
        guard let value = object[key] else { return false }
        guard let flag = value.bool else { throw defect(key, "true or false") }
        return flag
    }

    func texts(_ key: String) throws(AmxError) -> [String] {
        guard let value = object[key] else { return [] }
        guard let list = value.array, list.allSatisfy({ $0.string?.isEmpty == false }) else {
            throw defect(key, "an array of texts that are not empty")
        }
        return list.compactMap(\.string)
    }
}
