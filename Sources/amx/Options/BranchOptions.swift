import ArgumentParser
import Capsules
import Objects
import Workspaces

/// What is done to branches: the options of `amx branch` and `amx workspace branch`, and the work that both do.
struct BranchOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Delete the branches that are named.") var delete = false
    @Flag(name: [.customShort("m"), .long], help: "Give a branch, by default the current one, another name.")
    var move = false
    @Flag(help: "With --delete, also when commits would then be in no branch and no release.") var force = false

    func validate() throws {
        guard !delete || !move else { throw ValidationError("--delete and --move exclude each other") }
        guard delete || !force else { throw ValidationError("--force needs --delete") }
    }

    /// Deletes, renames or makes what the names say, or with none lists the branches.
    ///
    /// `owner` is how the user calls the capsule or the workspace, `member` what leads the JSON.
    func run(
        _ names: [String], of copy: some WorkingCopy, owner: String, member: (key: String, id: JSONValue),
        _ output: Output
    ) throws {
        let most = delete ? Int.max : 2
        guard names.count <= most else { throw ValidationError("Unexpected argument '\(names[most])'") }
        guard !names.isEmpty || !delete else { throw ValidationError("--delete needs a branch") }
        guard !names.isEmpty || !move else { throw ValidationError("--move needs a name") }
        var result = JSONObject()
        result[member.key] = member.id
        if delete {
            let deleted = try copy.workspace.write { () throws(AmxError) in
                try copy.deleteBranches(names, force: force)
            }
            result["deleted"] = .array(
                deleted.map { ["name": .string($0.name), "commit": .string($0.commit.hex)] })
            try output.confirm(json: Self.json(result, copy)) { _ in
                deleted.map { "Deleted branch \($0.name) of \(owner); it was at \($0.commit.abbreviated)" }
                    .joined(separator: "\n")
            }
        } else if move, let new = names.last {
            let (old, branch) = try copy.workspace.write { () throws(AmxError) in
                try copy.renameBranch(names.count > 1 ? names[0] : nil, to: new)
            }
            result["moved"] = ["from": .string(old), "to": .string(branch.name)]
            try output.confirm(json: Self.json(result, copy)) { _ in
                "Branch \(old) of \(owner) is now \(branch.name)"
            }
        } else if let name = names.first {
            let branch = try copy.workspace.write { () throws(AmxError) in
                try copy.createBranch(name, at: names.count > 1 ? names[1] : nil)
            }
            try output.confirm(json: Self.json(result, copy)) { _ in
                "Made branch \(branch.name) of \(owner) at \(branch.commit.abbreviated)"
            }
        } else {
            try list(copy, result, output)
        }
    }

    private func list(_ copy: some WorkingCopy, _ members: JSONObject, _ output: Output) throws {
        let tracking = try copy.workspace.tracking()
        let branches = try copy.branches()
        try output.show(json: Self.json(members, copy)) { style in
            branches.map { branch in
                "\(branch.isCurrent ? "*" : " ") "
                    + "\(branch.isCurrent ? style.green(branch.name) : branch.name) \(branch.commit.abbreviated)"
                    + (tracking[copy, branch.name].map { " follows \($0.name)" } ?? "")
            }.joined(separator: "\n")
        }
    }

    /// The branches as they are now, behind other members.
    static func json(_ members: JSONObject, _ copy: some WorkingCopy) throws(AmxError) -> JSONValue {
        let tracking = try copy.workspace.tracking()
        var result = members
        result["branches"] = .array(
            try copy.branches().map { branch in
                [
                    "name": .string(branch.name), "commit": .string(branch.commit.hex),
                    "current": .bool(branch.isCurrent), "upstream": .optional(tracking[copy, branch.name]?.name),
                ]
            })
        return .object(result)
    }
}
