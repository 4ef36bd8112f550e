import Capsules
import Objects
import Versions

/// The order in which capsules are installed: what a capsule requires comes before it (row A-056); of capsules that could both be
/// next, the one with the lower id.
struct InstallationOrder {
    /// What each chosen capsule requires of the others, by id.
    private var needed: [String: [String]] = [:]
    private var versions: [String: String] = [:]

    /// Reads what the chosen capsules require.
    init(_ resolution: Resolution, _ candidates: WorkspaceCandidates, developed: [DevelopedCapsule]) {
        for package in resolution.packages {
            versions[package.name.id] = package.candidate.version.text
            for dependent in package.dependents { needed[dependent.id, default: []].append(package.name.id) }
        }
        needed = needed.mapValues { $0.sorted() }
    }

    /// Sorts the steps; `.failure` with the concrete cycle, in seed 000's words, where there is none.
    func sorted(
        _ steps: [CapsuleID: InstallationPlan.Step]
    ) throws(AmxError) -> [InstallationPlan.Step] {
        var order: [InstallationPlan.Step] = []
        /// 1 while what it requires is looked at, 2 when it is done.
        var state: [String: Int] = [:]
        for root in versions.keys.sorted() where state[root] == nil {
            // On a stack of its own: a chain may be long.
            var path: [(id: String, next: Int)] = [(root, 0)]
            state[root] = 1
            while let (id, next) = path.last {
                let wanted = needed[id] ?? []
                guard next < wanted.count else {
                    state[id] = 2
                    path.removeLast()
                    if let id = try? CapsuleID(id), let step = steps[id] { order.append(step) }
                    continue
                }
                path[path.count - 1].next += 1
                let target = wanted[next]
                switch state[target] {
                case 2: continue
                case 1: throw cycle(path.map(\.id), at: target)
                default:
                    state[target] = 1
                    path.append((target, 0))
                }
            }
        }
        return order
    }

    /// How many capsules of a circle are named, at its beginning and at its end.
    private static let named = (first: 6, last: 3)

    private func cycle(_ path: [String], at target: String) -> AmxError {
        let start = path.firstIndex(of: target) ?? 0
        var names = (path[start...] + [target]).map { "\($0)@\(versions[$0] ?? "?")" }
        let passedOver = names.count - Self.named.first - Self.named.last
        if passedOver > 1 {
            names.replaceSubrange(
                Self.named.first..<(names.count - Self.named.last), with: ["(\(passedOver) more, the last of which)"])
        }
        return AmxError(
            .failure, "Circular dependency detected: \(target)@\(versions[target] ?? "?")",
            hint: "\(names.joined(separator: " requires ")): one of them has to do without the other")
    }
}
