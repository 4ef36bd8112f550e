import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx merge`.
struct Merge: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Bring another branch's changes into a capsule's current one.",
        usage:
            "amx merge <id> <branch> [-m <message>] [--ff-only] [--no-commit]\n       amx merge <id> --abort",
        discussion: """
            Where the current branch is part of the other, it moves there. Else what both sides changed is merged: JSON by key, \
            rows by row, text by line, and the result is committed with two parents. What cannot be decided is listed, with exit \
            status 6: resolve it, then run `amx commit`. A branch is also a remote's (origin/main), a release or a commit.

            Example:
              amx merge customer-service refunds
              amx merge customer-service --abort
            """)

    @Argument(help: ArgumentHelp("The capsule, and the branch.", valueName: "id> <branch"))
    var arguments: [String] = []
    @OptionGroup var options: MergeOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard options.abort ? arguments.count <= 1 : (1...2).contains(arguments.count) else {
            throw ValidationError(
                options.abort
                    ? "Unexpected argument '\(arguments[1])'"
                    : "Expected a capsule and a branch: amx merge ID BRANCH")
        }
    }

    func run(_ output: Output) throws {
        let place = try Place()
        if options.abort { return try goBack(place, output) }
        guard let branch = arguments.last else { return }
        let id = try CapsuleID(place.id(before: "a branch", of: arguments))
        let capsule = place.workspace.capsule(id)
        let identity = try options.identity(of: place.workspace)
        let (outcome, old) = try place.workspace.write { () throws(AmxError) in
            let request = try capsule.mergeRequest(
                branch, message: options.message, identity: identity, commits: !options.leavesUncommitted,
                isFastForwardOnly: options.fastForwardOnly)
            try capsule.checkMayMerge(request.target)
            let old = try capsule.position(in: capsule.existingRepository()).head
            return (try capsule.merge(request), old)
        }
        try Self.show(outcome, from: old, of: capsule, branch, output)
    }

    /// Shows what a merge did, and ends with the failure of one that left conflicts.
    static func show(
        _ outcome: MergeOutcome, from old: ObjectID?, of copy: any WorkingCopy, _ source: String, _ output: Output,
        and more: [(String, JSONValue)] = [], lines: [String] = []
    ) throws {
        let json = JSONObject(
            [
                (copy.kind == .capsule ? "id" : "workspace", .string(copy.id.string)), ("source", .string(source)),
                ("result", .string(outcome.word)), ("old", .optional(old?.hex)), ("new", .string(outcome.commit.hex)),
                ("conflicts", .array(outcome.conflicts.map(\.json))),
            ] + more)
        let text = { ([outcome.text(copy, source, $0)] + lines).joined(separator: "\n") }
        if let failure = outcome.failure(copy, source) {
            try output.show(json: .object(json), text: text)
            throw failure
        }
        try output.confirm(json: .object(json), text: text)
    }

    private func goBack(_ place: Place, _ output: Output) throws {
        let capsule = try place.workspace.capsule(place.id(arguments.first))
        let state = try place.workspace.write { () throws(AmxError) in try capsule.abortMerge() }
        try Self.showAborted(state, of: capsule, output)
    }

    /// Shows that a merge was taken back.
    static func showAborted(
        _ state: MergeState, of copy: any WorkingCopy, _ output: Output, and more: [(String, JSONValue)] = []
    ) throws {
        let json = JSONObject(
            [
                (copy.kind == .capsule ? "id" : "workspace", .string(copy.id.string)),
                ("source", .string(state.source)), ("result", "aborted"), ("old", .string(state.ours.hex)),
                ("new", .string(state.ours.hex)), ("conflicts", []),
            ] + more)
        try output.confirm(json: .object(json)) { _ in
            "\(copy.title) is as it was before the merge of \(state.source)"
        }
    }
}
