import Capsules
import TestSupport
import Testing

/// What is shown to be copied is one word, and nothing else, for a real shell.
@Suite struct ShellWordTests {
    @Test(arguments: [
        "a", "https://hub.example/acme", "/srv/it's here", "/x; touch pwned", "$(touch pwned)", "`touch pwned`", "a\\",
        "''",
        "*", "~", "-n", "", "jürgen/ 空", "a\"b", "!x", "#", "a&b|c>d", "'; touch pwned; '",
    ]) func aShellReadsItBack(_ word: String) throws {
        let outcome = try Tool.run("sh", ["-c", "printf %s x\(ShellWord.quoted(word))"], in: "/")
        #expect(outcome.status == 0 && outcome.text == "x\(word)", "\(outcome.text)\(outcome.errors)")
    }

    @Test func whatCouldSteerATerminalIsLeftOut() {
        #expect(ShellWord.quoted("a\u{1B}[31mb\nc\u{202E}d") == "'a[31mbcd'")
    }
}
