import Capsules
import HubClient
import Objects
import Versions
import Workspaces

/// How a plan is carried out once it has been made.
extension InstallationRun {
    /// Brings what a plan needs with `bring`, looks at it, and concludes; a dry run brings nothing where `places` can tell without.
    func fetch(
        _ plan: InstallationPlan, _ operation: WorkspaceOperation, _ waiting: WaitingApprovals?,
        _ places: any ReleasePlaces, _ display: ProgressDisplay,
        by bring: ([WantedRelease]) throws(WantedRelease.Failure) -> Void
    ) throws -> Outcome {
        if options.isDryRun, let review = try InstallationReview(preview: plan, in: workspace, places) {
            return try conclude(plan, operation, review, waiting)
        }
        do throws(WantedRelease.Failure) {
            try bring(plan.steps.map(WantedRelease.init))
        } catch {
            let failure = error.error
            try recording("fetch", [plan.steps[error.index]]) { throw failure }
        }
        display.finish()
        let review = try recording("verify", plan.steps) { try InstallationReview(plan, in: workspace) }
        return try conclude(plan, operation, review, waiting)
    }

    /// Asks for what a plan needs approved, and for what waits, and carries it out; a dry run only tells.
    func conclude(
        _ plan: InstallationPlan, _ operation: WorkspaceOperation, _ review: InstallationReview,
        _ waiting: WaitingApprovals?
    ) throws -> Outcome {
        var review = review
        if let waiting { try review.add(waiting) }
        let told = plan.isEmpty && review.demands.isEmpty ? nil : review
        let steps = try plan.updateSteps(in: workspace)
        var runtimes = RuntimeCheck()
        let warnings = try runtimes.problems(of: plan, in: workspace)
        for warning in warnings { try output.warn(warning, isInResult: true) }
        guard !options.isDryRun else {
            return Outcome(plan: plan, result: nil, review: told, steps: steps, warnings: warnings)
        }
        try approve(review)
        var operation = operation
        operation.events += try review.approvalEvents()
        operation.approvals = review.approvals
        operation.steps = steps
        let result = try recording("install", plan.steps) { try perform(operation) }
        // Without a look at the places nobody knows whether they have it.
        if !options.isOffline { LeftOutRequirements(workspace).remember(plan.dropped) }
        return Outcome(plan: plan, result: result, review: told, steps: steps, warnings: warnings)
    }
}
