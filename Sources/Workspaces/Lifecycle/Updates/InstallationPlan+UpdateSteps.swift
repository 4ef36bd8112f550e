package import Capsules
package import Objects

extension InstallationPlan {
    /// What each update of the plan does, by capsule (row A-077); left out is what is not here yet, and what has no step.
    package func updateSteps(in workspace: Workspace) throws(AmxError) -> [CapsuleID: [UpdateStep]] {
        var found: [CapsuleID: [UpdateStep]] = [:]
        for step in updates {
            guard let old = step.old?.commit, old != step.release.commit,
                let repository = try workspace.anyRepository(step.id), repository.contains(old),
                repository.contains(step.release.commit)
            else { continue }
            let (before, after) = (
                try CommitContent(old, in: repository), try CommitContent(step.release.commit, in: repository)
            )
            let changes = try repository.changedFiles(from: before.tree, to: after.tree).compactMap {
                ChangedFile($0.old, $0.new)
            }
            let steps = UpdateStep.steps(of: try Difference(from: before, to: after, changes: changes))
            if !steps.isEmpty { found[step.id] = steps }
        }
        return found
    }
}
