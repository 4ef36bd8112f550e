/// Rules under a name and a version, which every finding carries.
package struct RulePack: Hashable, Sendable {
    package let name: String
    package let version: String
    package let rules: [Rule]

    package init(name: String, version: String, rules: [Rule]) {
        self.name = name
        self.version = version
        self.rules = rules
    }

    /// `name@version`.
    package var label: String { "\(name)@\(version)" }

    /// The packs that Amx brings, in the order of their findings.
    package static let builtIn: [RulePack] = [
        seed, javascript, python, shell, secrets, hiddenText, poisoning, obfuscation,
    ]
}
