import Guard
import Objects
import Testing

@Suite("Scanner: attacks and their honest twins")
struct AttackTests {
    static let scanner = Result { () throws(AmxError) in try Scanner() }

    static func findings(_ file: String, _ text: String) throws -> [Finding] {
        try scanner.get().scan([ScannedFile(path: TreePath(file), content: Array(text.utf8))]).findings
    }

    @Test("finds the attack by its rule, and nothing grave in its twin", arguments: AttackCase.all)
    func twins(attack: AttackCase) throws {
        let found = try Self.findings(attack.file, attack.attack)
        #expect(found.contains { $0.rule == attack.rule }, "\(found.map(\.rule))")
        let twin = try Self.findings(attack.file, attack.benign).filter {
            $0.rule == attack.rule || $0.severity >= .high
        }
        #expect(twin.isEmpty, "\(twin.map { "\($0.rule): \($0.excerpt)" })")
    }

    @Test("has a case for most rules")
    func coverage() {
        #expect(AttackCase.all.count >= 60)
        let covered = Set(AttackCase.all.map(\.rule))
        let rules = RulePack.builtIn.dropFirst().flatMap(\.rules)
        // The forms of single issuers' tokens differ by their prefix only.
        let open = rules.map(\.id).filter { !covered.contains($0) && !$0.hasPrefix("secret.") }
        #expect(open.count < 25, "\(open)")
    }
}
