import Capsules
import Guard
import TestSupport
import Testing

@Suite("Permissions: work")
struct PermissionWorkTests {
    static func check(_ patterns: [String], copies: Int = 1) throws -> PermissionCheck {
        let conditions = patterns.map { pattern -> JSONValue in
            ["field": "f", "operator": "matches", "value": .string(pattern)]
        }
        let grant: JSONValue = ["resource": "r", "actions": ["a"], "conditions": .array(conditions)]
        return try PermissionCheckTests.check(JSONWriter.text(.array(Array(repeating: grant, count: copies))))
    }

    static func request(_ text: String) -> PermissionRequest {
        PermissionRequest(resource: "r", actions: ["a"], context: ["f": .string(text)])
    }

    @Test(
        "of 26 catastrophic patterns in conditions stays small", arguments: RegularExpressionTests.catastrophes.indices)
    func catastrophic(index: Int) throws {
        #expect(RegularExpressionTests.catastrophes.count == 26)
        let (pattern, unit, end) = RegularExpressionTests.catastrophes[index]
        let expression = try RegularExpression(pattern)
        let check = try Self.check([pattern])
        // A text as long as the bound lets it be is looked at, in time that it bounds.
        let count = RegularExpression.Bounds.untrusted.work / expression.programSize - end.utf8.count
        let text = String(repeating: unit, count: count / unit.utf8.count) + end
        var verdict = PermissionVerdict.denied([])
        var fastest = Duration.seconds(60)
        for _ in 0..<3 where fastest > .milliseconds(100) {
            fastest = min(fastest, ProcessorTime.of { verdict = check.verdict(on: Self.request(text)) })
        }
        #expect(fastest < .milliseconds(150), "\(pattern): \(fastest)")
        #expect(verdict.isAllowed == (try expression.matches(text)))
        // A longer one is not looked at, and denied.
        let longer = check.verdict(on: Self.request(text + text))
        guard case .denied(let refusals) = longer, case .condition(0, "f", .pattern(let words)) = refusals.first?.reason
        else {
            Issue.record("\(longer)")
            return
        }
        #expect(words.contains("the limit 'work'"))
    }

    @Test("of all conditions together is bounded, and what passes it is denied")
    func together() throws {
        let pattern = "(a|aa)+$"
        let size = try RegularExpression(pattern).programSize
        let text = String(repeating: "a", count: RegularExpression.Bounds.untrusted.work / size - 1) + "!"
        let check = try Self.check([pattern], copies: 20)
        let verdict = check.verdict(on: Self.request(text))
        guard case .denied(let refusals) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        let faults = refusals.compactMap { refusal -> ConditionFault? in
            if case .condition(_, _, let fault) = refusal.reason { fault } else { nil }
        }
        #expect(faults.count { $0 == .differs } == 4)
        #expect(faults.count { $0 == .work(limit: PermissionCheck.work) } == 16)
        #expect(ProcessorTime.of { _ = check.verdict(on: Self.request("a")) } < .milliseconds(100))
        #expect(check.verdict(on: Self.request("a")).isAllowed)
    }

    @Test("of compiling is bounded: grants with a pattern too many hold for nothing")
    func patterns() throws {
        let most = PermissionCheck.maximumPatterns
        #expect(try Self.check(["a"], copies: most).verdict(on: Self.request("a")).isAllowed)
        let check = try Self.check(Array(repeating: "a", count: most + 1))
        let verdict = check.verdict(on: Self.request("a"))
        guard case .denied(let refusals) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(refusals.first?.description.contains("patterns are more than \(most), or") == true)
    }

    @Test(
        "of compiling is bounded by the size of all patterns, too large ones included",
        arguments: [
            "\\pL{1000}", "\\pL{100}", "((\\pL{10}){10}){10}", String(repeating: "a{1000}", count: 60), "a{1000}a{100}",
        ])
    func largePatterns(pattern: String) throws {
        let size: Int
        do throws(RegularExpressionFault) {
            size = try RegularExpression(pattern).programSize
        } catch {
            if case .tooLarge = error.reason {
                size = PermissionCheck.maximumInstructions / 2
            } else {
                size = 0
            }
        }
        let copies = PermissionCheck.maximumPatterns
        let check = try Self.check([pattern], copies: copies)
        guard case .denied(let refusals) = check.verdict(on: Self.request("!")) else {
            Issue.record("\(pattern) is allowed")
            return
        }
        let left = refusals.count { if case .condition(_, _, .patterns) = $0.reason { true } else { false } }
        // As many as fit, and the one that no longer does.
        let used = size == 0 ? copies : min(copies, (PermissionCheck.maximumInstructions + size - 1) / size)
        #expect(left == copies - used && left > 0, "\(pattern): \(size) instructions, \(left) left")
    }

    @Test("of looking for parts is bounded, too")
    func parts() throws {
        let text = String(repeating: "a", count: 1 << 20)
        let conditions: [JSONValue] = Array(
            repeating: ["field": "f", "operator": "contains", "value": "b"], count: 1)
        let grant: JSONValue = ["resource": "r", "actions": ["a"], "conditions": .array(conditions)]
        let check = try PermissionCheckTests.check(JSONWriter.text(.array(Array(repeating: grant, count: 200))))
        guard case .denied(let refusals) = check.verdict(on: Self.request(text)) else {
            Issue.record("allowed")
            return
        }
        let faults = refusals.compactMap { refusal -> ConditionFault? in
            if case .condition(_, _, let fault) = refusal.reason { fault } else { nil }
        }
        let looked = PermissionCheck.work / (text.utf8.count + 1)
        #expect(faults.count { $0 == .differs } == looked)
        #expect(faults.count { $0 == .work(limit: PermissionCheck.work) } == 200 - looked)
    }
}
