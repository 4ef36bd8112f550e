import Capsules
import Objects
import TestSupport
import Testing

@testable import Guard

@Suite("Permissions")
struct PermissionCheckTests {
    /// Grants from what a manifest has in `permissions`.
    static func grants(_ json: String) throws -> [Permission] {
        try GateFixture.manifest("\"permissions\": \(json)").permissions
    }

    static func check(_ json: String) throws -> PermissionCheck {
        PermissionCheck(capsule: "probe", granted: try grants(json))
    }

    static let orders = """
        [{"resource": "orders", "actions": ["read", "refund"]}, {"resource": "orders", "actions": ["delete"]},
         {"resource": "users", "actions": ["read"], "conditions": []}, {"resource": "empty", "actions": []}]
        """

    @Test(
        "are for a resource's whole name and every action (rows A-080, A-081)",
        arguments: [
            ("orders", ["read"], 0), ("orders", ["refund", "read"], 0), ("orders", ["read", "read"], 0),
            ("orders", ["delete"], 1),
            ("orders", ["read", "delete"], nil), ("orders", ["write"], nil), ("orders", ["Read"], nil),
            ("orders", ["read "], nil),
            ("orders", ["*"], nil), ("orders", [""], nil), ("order", ["read"], nil), ("orders/1", ["read"], nil),
            ("Orders", ["read"], nil),
            ("*", ["read"], nil), ("", ["read"], nil), ("users", ["read"], 2), ("other", ["read"], nil),
            // Row A-081: asking for no action.
            ("orders", [], 0), ("users", [], 2), ("empty", [], 3), ("empty", ["read"], nil), ("other", [], nil),
        ] as [(String, [String], Int?)])
    func matching(resource: String, actions: [String], grant: Int?) throws {
        let check = try Self.check(Self.orders)
        let verdict = check.verdict(on: PermissionRequest(resource: resource, actions: actions))
        if let grant {
            #expect(verdict == .allowed(grant: grant))
        } else {
            #expect(!verdict.isAllowed)
        }
        let denial = GateFixture.denial { () throws(AccessDenial) in
            try check.check(PermissionRequest(resource: resource, actions: actions))
        }
        #expect((denial == nil) == (grant != nil))
        #expect(denial?.layer ?? .permission == .permission)
    }

    @Test("deny everything where there are none")
    func none() throws {
        let verdict = try Self.check("[]").verdict(on: PermissionRequest(resource: "orders", actions: []))
        #expect(verdict == .denied([]))
    }

    @Test("join: a later grant allows what an earlier one's conditions do not (row A-080)")
    func union() throws {
        let check = try Self.check(
            """
            [{"resource": "orders", "actions": ["read"], "conditions": [{"field": "role", "operator": "equals", "value": "admin"}]},
             {"resource": "orders", "actions": ["read"], "conditions": [{"field": "own", "operator": "equals", "value": true}]}]
            """)
        func verdict(_ context: JSONObject) -> PermissionVerdict {
            check.verdict(on: PermissionRequest(resource: "orders", actions: ["read"], context: context))
        }
        #expect(verdict(["role": "admin", "own": true]) == .allowed(grant: 0))
        #expect(verdict(["role": "agent", "own": true]) == .allowed(grant: 1))
        #expect(
            verdict(["role": "agent"])
                == .denied([
                    .init(grant: 0, reason: .condition(0, field: "role", .differs)),
                    .init(grant: 1, reason: .condition(0, field: "own", .missingField)),
                ]))
    }

    /// An operator, its value, the field that is tested (nil where it is missing), and whether it holds, else why not.
    static let conditions: [(operator: String, value: JSONValue, field: JSONValue?, fault: ConditionFault?)] = [
        // Row A-082.
        ("equals", "a", "a", nil), ("equals", "a", "b", .differs), ("equals", "a", "A", .differs),
        ("equals", 1, 1, nil),
        ("equals", 1, .double(1), nil), ("equals", .double(0.5), .double(0.5), nil), ("equals", 1, "1", .differs),
        ("equals", "1", 1, .differs),
        ("equals", 1, true, .differs), ("equals", 0, false, .differs), ("equals", .null, .null, nil),
        ("equals", .null, false, .differs),
        ("equals", .null, "", .differs), ("equals", "", "", nil), ("equals", true, true, nil),
        ("equals", true, "true", .differs),
        ("equals", .integer(9_007_199_254_740_993), .double(9_007_199_254_740_992), .differs),
        ("equals", "\u{E9}", "e\u{301}", .differs),
        ("equals", ["a"], ["a"], .type), ("equals", .object(["a": 1]), .object(["a": 1]), .type),
        ("equals", "a", ["a"], .type),
        ("equals", "null", .null, .differs), ("equals", "undefined", "undefined", nil),
        ("contains", "b", "abc", nil), ("contains", "abc", "abc", nil), ("contains", "", "abc", nil),
        ("contains", "", "", nil),
        ("contains", "d", "abc", .differs), ("contains", "B", "abc", .differs), ("contains", "abab", "abaabab", nil),
        ("contains", "aab", "aaab", nil), ("contains", "abcd", "abc", .differs), ("contains", "b", ["a", "b"], nil),
        ("contains", "b", ["ab"], .differs), ("contains", 1, [1, 2], nil), ("contains", 1, ["1"], .differs),
        ("contains", .null, [.null], nil),
        ("contains", ["a"], [["a"]], .type), ("contains", "a", [["a"]], .differs), ("contains", 1, "1", .type),
        ("contains", "1", 1, .type),
        ("contains", "a", .object(["a": 1]), .type), ("contains", "n", .null, .type),
        ("contains", "e\u{301}", "\u{E9}", .differs),
        ("startsWith", "ab", "abc", nil), ("startsWith", "abc", "abc", nil), ("startsWith", "", "abc", nil),
        ("startsWith", "b", "abc", .differs),
        ("startsWith", "abcd", "abc", .differs), ("startsWith", "A", "abc", .differs), ("startsWith", "1", 12, .type),
        ("startsWith", "a", ["a"], .type), ("startsWith", "e", "e\u{301}", nil),
        ("matches", "b", "abc", nil), ("matches", "^b", "abc", .differs), ("matches", "^a.c$", "abc", nil),
        ("matches", "", "abc", nil),
        ("matches", "^$", "", nil), ("matches", "^a$", "b\na", .differs), ("matches", "(?m)^a$", "b\na", nil),
        ("matches", "(?i)B", "abc", nil),
        ("matches", "undefined", "x", .differs), ("matches", "1", 1, .type), ("matches", "a", ["a"], .type),
        ("matches", "null", .null, .type),
        ("matches", "\\d+", "ab12", nil), ("matches", "^\u{E9}$", "e\u{301}", .differs),
        // Row A-083.
        ("equals", "a", nil, .missingField), ("equals", .null, nil, .missingField),
        ("equals", "undefined", nil, .missingField),
        ("contains", "", nil, .missingField), ("contains", "a", nil, .missingField),
        ("startsWith", "", nil, .missingField),
        ("matches", "", nil, .missingField), ("matches", "undefined", nil, .missingField),
        ("matches", ".*", nil, .missingField),
    ]

    @Test("hold as the table says", arguments: conditions.indices)
    func condition(index: Int) throws {
        let (name, value, field, fault) = Self.conditions[index]
        let condition: JSONValue = ["field": "f", "operator": .string(name), "value": value]
        let grants: JSONValue = [["resource": "r", "actions": ["a"], "conditions": [condition]]]
        let check = try Self.check(JSONWriter.text(grants))
        let context: JSONObject = field.map { ["f": $0, "other": "x"] } ?? ["other": "x", "F": "x"]
        let verdict = check.verdict(on: PermissionRequest(resource: "r", actions: ["a"], context: context))
        if let fault {
            #expect(verdict == .denied([.init(grant: 0, reason: .condition(0, field: "f", fault))]))
        } else {
            #expect(verdict == .allowed(grant: 0))
        }
    }

    @Test("need all of their conditions, and name the first that does not hold")
    func all() throws {
        let check = try Self.check(
            """
            [{"resource": "r", "actions": ["a"], "conditions": [
              {"field": "user.role", "operator": "equals", "value": "agent"}, {"field": "path", "operator": "startsWith", "value": "/orders/"},
              {"field": "tags", "operator": "contains", "value": "open"}]}]
            """)
        func verdict(_ context: JSONObject) -> PermissionVerdict {
            check.verdict(on: PermissionRequest(resource: "r", actions: ["a"], context: context))
        }
        func denied(_ number: Int, _ field: String, _ fault: ConditionFault) -> PermissionVerdict {
            .denied([.init(grant: 0, reason: .condition(number, field: field, fault))])
        }
        #expect(verdict(["user.role": "agent", "path": "/orders/1", "tags": ["new", "open"]]) == .allowed(grant: 0))
        #expect(verdict(["user.role": "agent", "path": "/orders/1", "tags": []]) == denied(2, "tags", .differs))
        #expect(verdict(["user.role": "agent", "path": "/x", "tags": ["open"]]) == denied(1, "path", .differs))
        #expect(verdict([:]) == denied(0, "user.role", .missingField))
        // A name with a dot is one name.
        #expect(
            verdict(["user": ["role": "agent"], "path": "/orders/1", "tags": ["open"]])
                == denied(0, "user.role", .missingField))
    }

    @Test("say which grant is for it and why it does not do")
    func denial() throws {
        let check = try Self.check(
            """
            [{"resource": "r", "actions": ["a"]},
             {"resource": "r", "actions": ["b"], "conditions": [{"field": "f", "operator": "matches", "value": "^x"}]}]
            """)
        let denial = try #require(
            GateFixture.denial { () throws(AccessDenial) in
                try check.check(PermissionRequest(resource: "r", actions: ["b", "\u{1B}"], context: ["f": "y"]))
            })
        #expect(denial.reason.hasPrefix("'b', '\\u{1B}' on 'r' not granted: permissions[0] has no action 'b', '"))
        #expect(denial.rule == "permissions" && denial.remedy.hasPrefix("add 'b', "))
        let condition = try #require(
            GateFixture.denial { () throws(AccessDenial) in
                try check.check(PermissionRequest(resource: "r", actions: ["b"], context: ["f": "y"]))
            })
        #expect(
            condition.description
                == "capsule 'probe' denied: 'b' on 'r' not granted: permissions[0] has no action 'b'; "
                + "permissions[1].conditions[0] on 'f': it is something else (permission: permissions)")
        #expect(condition.error.code == .denied)
    }

    @Test("refuse, in the manifest, operators that there are not and values of the wrong type")
    func manifests() {
        for condition in [
            #"{"field": "f", "operator": "endsWith", "value": "x"}"#,
            #"{"field": "f", "operator": "Equals", "value": "x"}"#,
            #"{"field": "f", "operator": "", "value": "x"}"#, #"{"field": "f", "operator": "matches", "value": 1}"#,
            #"{"field": "f", "operator": "startsWith", "value": ["x"]}"#, #"{"operator": "equals", "value": 1}"#,
            #"{"field": "f", "operator": "equals"}"#,
        ] {
            #expect(throws: AmxError.self) {
                try Self.grants(#"[{"resource": "r", "actions": ["a"], "conditions": [\#(condition)]}]"#)
            }
        }
    }

    @Test(
        "take a pattern that cannot be used for one that does not match, and say so (row A-084)",
        arguments: [
            "(", "[z-a]", "a{2,1}", "(?=a)", "(a)\\1", "\\", "*", "(?P<x", String(repeating: "a", count: 1025),
            "((a{100}){100}){100}",
        ])
    func badPatterns(pattern: String) throws {
        let grants: JSONValue = [
            [
                "resource": "r", "actions": ["a"],
                "conditions": [["field": "f", "operator": "matches", "value": .string(pattern)]],
            ]
        ]
        let check = try Self.check(JSONWriter.text(grants))
        let verdict = check.verdict(on: PermissionRequest(resource: "r", actions: ["a"], context: ["f": "a"]))
        guard case .denied(let refusals) = verdict,
            case .condition(0, "f", .pattern(let words)) = refusals.first?.reason
        else {
            Issue.record("\(verdict)")
            return
        }
        #expect(!words.isEmpty && words.count <= 130)
    }
}
