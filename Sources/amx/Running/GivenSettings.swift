import Capsules
import Objects

/// The settings of one run that its command line gives: `NAME=VALUE`, or `NAME` for what this process has in its environment.
struct GivenSettings {
    /// The values, by their names.
    private(set) var values = JSONObject()

    /// What an approval of the run is for: the values, of secrets that they are given.
    private(set) var approvable = JSONObject()

    /// Reads them as the manifest declares them.
    ///
    /// `.usage` for a name that is not declared, a value of another type, a secret on the command line, and what the environment has not.
    init(_ words: [String], of manifest: Manifest) throws(AmxError) {
        for word in words {
            let name = String(word.prefix { $0 != "=" })
            guard let variable = manifest.environment.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
                let names = manifest.environment.map(\.name)
                throw AmxError(
                    .usage, "\(manifest.id) has no setting '\(TreeRules.printable(name.utf8))'",
                    hint: NearNames.hint(for: name, among: names)
                        ?? (names.isEmpty ? "its manifest has no `env`" : "it has \(names.joined(separator: ", "))"))
            }
            values[name] = try Self.value(Self.text(word, of: variable), of: variable)
            approvable[name] = variable.kind == .secret ? .null : values[name]
        }
    }

    private static func text(_ word: String, of variable: EnvironmentVariable) throws(AmxError) -> String {
        guard word.utf8.count > variable.name.utf8.count else {
            guard let text = Environment[variable.name] else {
                throw AmxError(
                    .usage, "--env \(variable.name): the environment has no variable of that name",
                    hint: variable.request.map { "\($0) Set it before `amx run`" } ?? "set it before `amx run`")
            }
            return text
        }
        guard variable.kind != .secret else {
            throw AmxError(
                .usage, "--env \(variable.name): a secret does not belong on a command line, which others can read",
                hint: "set the variable \(variable.name) and give `--env \(variable.name)`")
        }
        return String(word.dropFirst(variable.name.count + 1))
    }

    private static func value(_ text: String, of variable: EnvironmentVariable) throws(AmxError) -> JSONValue {
        let value: JSONValue
        switch variable.kind {
        case .secret: return .string(text)
        case .string:
            guard variable.enumValues.isEmpty || variable.enumValues.contains(text) else {
                throw AmxError(
                    .usage, "--env \(variable.name): '\(TreeRules.printable(text.utf8))' will not do",
                    hint: "it is one of \(variable.enumValues.joined(separator: ", "))")
            }
            return .string(text)
        case .number, .boolean:
            value = (try? JSONParser.parse(Array(text.utf8))) ?? .null
        }
        let fits = variable.kind == .number ? value.number != nil || value.integer != nil : value.bool != nil
        guard fits else {
            throw AmxError(
                .usage, "--env \(variable.name): '\(TreeRules.printable(text.utf8))' is no \(variable.kind.rawValue)",
                hint: variable.kind == .number ? "give a number as JSON has them" : "give true or false")
        }
        return value
    }
}
