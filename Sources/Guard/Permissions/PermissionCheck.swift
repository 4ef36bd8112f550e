package import Capsules

/// Decides by grants whether something may be done with a resource (rows A-080 to A-084).
///
/// Any grant whose resource, actions and conditions all match allows; what none allows is denied. Patterns are compiled
/// once, when this is made. Safe to share between threads.
package struct PermissionCheck: Sendable {
    /// What all patterns of one question may take together, in instructions times bytes: four times what one may.
    package static let work = 4 * RegularExpression.Bounds.untrusted.work
    /// The most patterns of one capsule; grants with those after them hold for nothing.
    package static let maximumPatterns = 256
    /// The most instructions of all of a capsule's patterns, what one may have included once; grants with those after
    /// them hold for nothing.
    package static let maximumInstructions = 262_144

    private struct Grant: Sendable {
        let permission: Permission
        let actions: Set<[UInt8]>
        /// Nil where the grant has a pattern beyond what a capsule may have.
        let conditions: [ConditionTest]?
    }

    private let capsule: String
    private let grants: [Grant]

    /// Takes what was granted to a capsule, in order.
    package init(capsule: String, granted: [Permission]) {
        self.capsule = capsule
        var (patterns, instructions) = (Self.maximumPatterns, Self.maximumInstructions)
        grants = granted.map { permission in
            Grant(
                permission: permission, actions: Set(permission.actions.map { Array($0.utf8) }),
                conditions: Self.tests(of: permission, &patterns, &instructions))
        }
    }

    /// The conditions of a grant, or nil where patterns are beyond what is left.
    private static func tests(
        of permission: Permission, _ patterns: inout Int, _ instructions: inout Int
    ) -> [ConditionTest]? {
        var tests: [ConditionTest] = []
        for condition in permission.conditions {
            if condition.operator == .matches {
                patterns -= 1
                // Nothing more is compiled then.
                guard patterns >= 0, instructions > 0 else { return nil }
            }
            let test = ConditionTest(condition)
            instructions -= test.instructions
            tests.append(test)
        }
        return tests
    }

    /// What the grants say of a request, the first that allows it before others. A request without actions asks only
    /// for a grant on the resource whose conditions hold (row A-081).
    package func verdict(on request: PermissionRequest) -> PermissionVerdict {
        var work = Self.work
        var refusals: [PermissionVerdict.Refusal] = []
        for (number, grant) in grants.enumerated()
        where grant.permission.resource.utf8.elementsEqual(request.resource.utf8) {
            let missing = request.actions.filter { !grant.actions.contains(Array($0.utf8)) }
            if !missing.isEmpty {
                refusals.append(.init(grant: number, reason: .actions(missing)))
            } else if let reason = Self.refusal(of: grant, request.context, &work) {
                refusals.append(.init(grant: number, reason: reason))
            } else {
                return .allowed(grant: number)
            }
        }
        return .denied(refusals)
    }

    /// Denies what no grant allows.
    package func check(_ request: PermissionRequest) throws(AccessDenial) {
        guard case .denied(let refusals) = verdict(on: request) else { return }
        let actions = request.actions.map { "'\(Excerpt.of($0))'" }.joined(separator: ", ")
        let resource = Excerpt.of(request.resource)
        let what = actions.isEmpty ? "the resource '\(resource)'" : "\(actions) on '\(resource)'"
        let why = refusals.prefix(3).map(\.description) + (refusals.count > 3 ? ["…"] : [])
        throw AccessDenial(
            capsule: capsule, layer: .permission, check: nil,
            reason: "\(what) not granted" + (why.isEmpty ? "" : ": \(why.joined(separator: "; "))"),
            rule: refusals.count == 1 ? "permissions[\(refusals[0].grant)]" : "permissions",
            remedy: refusals.contains { if case .condition = $0.reason { true } else { false } }
                ? "make the request meet the conditions, or grant it without them in permissions in manifest.json"
                : "add \(what) to permissions in manifest.json")
    }

    private static func refusal(
        of grant: Grant, _ context: JSONObject, _ work: inout Int
    ) -> PermissionVerdict.Reason? {
        guard let conditions = grant.conditions else {
            return .condition(0, field: "", .patterns)
        }
        for (number, test) in conditions.enumerated() {
            do throws(ConditionFault) {
                try test.check(context, work: &work)
            } catch {
                return .condition(number, field: test.condition.field, error)
            }
        }
        return nil
    }
}
