package import Capsules

/// What a capsule was configured with, and the defaults of the settings that its manifest declares.
package struct HostConfiguration: Sendable {
    private let values: JSONObject
    private let variables: [EnvironmentVariable]

    /// Takes what was configured, by key, and the manifest's `env`.
    package init(_ values: JSONObject = JSONObject(), variables: [EnvironmentVariable] = []) {
        (self.values, self.variables) = (values, variables)
    }

    /// What is set for a key, else its default; nil where there is neither.
    func value(_ key: String) -> JSONValue? {
        values[key] ?? variables.first { $0.name.utf8.elementsEqual(key.utf8) }?.defaultValue
    }

    /// All that is set, without secrets.
    var shown: JSONObject {
        let secrets = variables.filter { $0.kind == .secret }
        let defaults = variables.compactMap { variable in variable.defaultValue.map { (variable.name, $0) } }
        let all = JSONObject(defaults + values.members.map { ($0.key, $0.value) })
        return JSONObject(
            all.members.filter { member in !secrets.contains { $0.name.utf8.elementsEqual(member.key.utf8) } }
                .map { ($0.key, $0.value) })
    }

    /// The secrets that are set.
    var secrets: HostSecrets {
        HostSecrets(
            variables.filter { $0.kind == .secret }.compactMap { variable in
                value(variable.name)?.string.map { (variable.name, $0) }
            })
    }
}
