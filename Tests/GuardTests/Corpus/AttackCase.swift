import Testing

/// An attack, written for these tests after what is known of real ones, with a twin that looks alike and is honest.
struct AttackCase: Sendable, CustomTestStringConvertible {
    /// The file that both stand in.
    let file: String
    /// The rule that must find the attack.
    let rule: String
    let attack: String
    let benign: String

    init(_ file: String, _ rule: String, _ attack: String, benign: String) {
        self.file = file
        self.rule = rule
        self.attack = attack
        self.benign = benign
    }

    var testDescription: String { "\(rule): \(attack.prefix(60))" }
}
