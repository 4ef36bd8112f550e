import Capsules
import Objects
import Testing

@testable import Workspaces

@Suite struct LifecycleStateTests {
    /// What `docs/lifecycle.md` says, written out once more: every legal pair, and no other is.
    static let legal = [
        "discovered evaluate evaluating",
        "evaluating dismiss discovered", "evaluating prepare pre_install",
        "pre_install cancel discovered", "pre_install install installing",
        "installing complete active", "installing fail failed",
        "active update updating", "active roll_back rolling_back", "active deprecate deprecated",
        "active suspend suspended", "active request_removal pre_removal",
        "deprecated update updating", "deprecated roll_back rolling_back", "deprecated reinstate active",
        "deprecated suspend suspended", "deprecated request_removal pre_removal",
        "suspended update updating", "suspended roll_back rolling_back", "suspended resume active",
        "suspended request_removal pre_removal",
        "updating complete active", "updating fail failed", "updating roll_back rolling_back",
        "rolling_back complete active", "rolling_back fail failed",
        "failed cancel discovered", "failed retry pre_install",
        "pre_removal fail failed", "pre_removal keep active", "pre_removal soft_remove soft_removed",
        "soft_removed restore active", "soft_removed hard_remove hard_removed",
    ]

    @Test(arguments: LifecycleState.allCases) func everyPairIsAsDocumented(_ state: LifecycleState) throws {
        let id = try CapsuleID("refunds")
        let rows = Self.legal.map { $0.split(separator: " ").map(String.init) }
        for transition in LifecycleTransition.allCases {
            let row = rows.first { $0[0] == state.rawValue && $0[1] == transition.rawValue }
            do throws(AmxError) {
                let next = try state.applying(transition, of: id)
                #expect(next.rawValue == row?[2], "\(state) \(transition)")
            } catch {
                #expect(row == nil, "\(state) \(transition)")
                #expect(error.code == .conflict)
                #expect(
                    error.cause as? IllegalTransition
                        == IllegalTransition(capsule: id, state: state, transition: transition))
                #expect(error.message == "cannot \(transition.rawValue) refunds: it is \(state.rawValue)")
                // The hint has each legal one, and no other.
                let hint = try #require(error.hint)
                for other in LifecycleTransition.allCases {
                    let isLegal = rows.contains { $0[0] == state.rawValue && $0[1] == other.rawValue }
                    #expect(hint.contains(" \(other.rawValue) (to \(other.to.rawValue))") == isLegal)
                }
            }
        }
        #expect(state.transitions.count == rows.count { $0[0] == state.rawValue })
    }

    @Test func everyStateIsReachedAndOnlyOneIsTheEnd() {
        var reached: Set<LifecycleState> = [.discovered]
        var open = [LifecycleState.discovered]
        while let state = open.popLast() {
            for next in state.transitions.map(\.to) where reached.insert(next).inserted { open.append(next) }
        }
        #expect(reached == Set(LifecycleState.allCases))
        #expect(LifecycleState.allCases.filter { $0.transitions.isEmpty } == [.hardRemoved])
        // From everywhere the end can be reached.
        for state in LifecycleState.allCases {
            var seen: Set<LifecycleState> = [state]
            var open = [state]
            while let state = open.popLast() {
                for next in state.transitions.map(\.to) where seen.insert(next).inserted { open.append(next) }
            }
            #expect(seen.contains(.hardRemoved), "\(state)")
        }
    }

    @Test func statesAreThoseOfTheSeed() throws {
        let installation: Set = ["pending", "installing", "active", "failed", "updating", "removing", "removed"]
        let capsule: Set = ["active", "deprecated", "removed", "suspended"]
        #expect(Set(LifecycleState.allCases.compactMap(\.installationStatus)) == installation)
        #expect(Set(LifecycleState.allCases.map(\.capsuleStatus)) == capsule)
        #expect(LifecycleState.discovered.installationStatus == nil)
    }

    /// What events project to is the state that the transitions which they record lead to.
    @Test func eventsLeadWhereTransitionsDo() throws {
        let story: [(LifecycleTransition, String)] = [
            (.evaluate, "{}"), (.prepare, "{}"), (.install, "{}"), (.complete, #"{"version":"1.0.0"}"#),
            (.update, "{}"), (.complete, #"{"newVersion":"2.0.0"}"#), (.rollBack, "{}"),
            (.complete, #"{"newVersion":"1.0.0"}"#), (.requestRemoval, "{}"), (.softRemove, #"{"until":"T"}"#),
            (.restore, "{}"), (.requestRemoval, "{}"), (.softRemove, "{}"), (.hardRemove, "{}"),
        ]
        let replica = try #require(ReplicaID("0123456789abcdef0123456789abcdef"))
        var state = LifecycleState.discovered
        var projected = JSONObject()
        var types: [EventType] = []
        for (number, step) in story.enumerated() {
            let before = state
            state = try state.applying(step.0, of: CapsuleID("a"))
            guard let type = step.0.event(from: before) else { continue }
            types.append(type)
            let event = Event(
                replica: replica, sequence: Int64(number + 1), stream: EventStream(try CapsuleID("a"), of: "acme"),
                type: type, payload: try #require(try JSONParser.parse(step.1).object), time: .now(), personal: [:])
            Projection.full.apply(event, to: &projected)
            #expect(LifecycleState(projected: projected) == state, "after \(step.0)")
        }
        #expect(
            types == [.installed, .updated, .rolledBack, .softRemoved, .restored, .softRemoved, .removed])
        #expect(LifecycleState(projected: JSONObject()) == .discovered)
        #expect(LifecycleState(projected: ["status": "sleeping"]) == nil)
    }
}
