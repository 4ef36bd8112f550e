import Capsules
import Testing
import Versions

@testable import Workspaces

/// What capsules need of Node.js and Python beside what a machine has.
@Suite struct RuntimeCheckTests {
    @Test(arguments: [
        ("v18.19.0\n", "18.19.0"), ("Python 3.11.2\n", "3.11.2"), ("Python 3.13.0rc1\n", "3.13.0"),
        ("Python 3.11.2+\n", "3.11.2"), ("v21.0.0-nightly2023\n", "21.0.0"), ("3.12.1", "3.12.1"),
        ("Python 3.11", nil), ("", nil), ("node: not found", nil), ("v1..2", nil),
    ])
    func readsWhatProgramsSay(words: String, version: String?) {
        #expect(RuntimeCheck.version(in: words)?.text == version)
    }

    @Test func tellsWhatIsMissingAndAsksEachProgramOnce() throws {
        var asked: [RuntimeCheck.Runtime] = []
        var check = RuntimeCheck { runtime in
            asked.append(runtime)
            return runtime == .node ? "v18.2.0" : nil
        }
        func manifest(_ members: String) throws -> Manifest { try LifecycleFixture.manifest("1.0.0", members) }
        #expect(check.problems(of: try LifecycleFixture.manifest()) == [] && asked == [])
        let both = try manifest(#""nodeVersion": ">=18.0.0", "pythonVersion": "^3.9.0""#)
        let id = both.id
        #expect(check.problems(of: both) == ["\(id) 1.0.0 needs Python ^3.9.0, and there is none here"])
        #expect(
            check.problems(of: try manifest(#""nodeVersion": "^20.0.0""#)) == [
                "\(id) 1.0.0 needs Node.js ^20.0.0, and 18.2.0 is here"
            ])
        #expect(asked == [.node, .python])
    }

    /// The program that these tests may rely on says a version that is read.
    @Test func asksTheProgramsOfThisMachine() {
        #expect(RuntimeCheck.ask(.python).flatMap { RuntimeCheck.version(in: $0) } != nil)
    }
}
