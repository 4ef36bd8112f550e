import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx branch`.
struct Branch: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "List a capsule's branches, or make one.",
        usage: "amx branch <id> [<name>]",
        discussion: """
            A new branch starts at the current branch's commit; the working form stays where it is.

            Example:
              amx branch customer-service
              amx branch customer-service refunds
            """)

    @Argument(help: ArgumentHelp("The capsule, and a name for a new branch.", valueName: "id> <name"))
    var arguments: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        var rest = arguments
        let id = try place.takeID(&rest)
        guard rest.count <= 1 else { throw ValidationError("Unexpected argument '\(rest[1])'") }
        let capsule = place.workspace.capsule(id)
        if let name = rest.first {
            let branch = try place.workspace.write { () throws(AmxError) in try capsule.createBranch(name) }
            try output.confirm(json: Self.json(id, capsule.branches())) { _ in
                "Made branch \(branch.name) of \(id) at \(branch.commit.abbreviated)"
            }
            return
        }
        let branches = try capsule.branches()
        try output.show(json: Self.json(id, branches)) { style in
            branches.map { branch in
                "\(branch.isCurrent ? "*" : " ") "
                    + "\(branch.isCurrent ? style.green(branch.name) : branch.name) \(branch.commit.abbreviated)"
            }.joined(separator: "\n")
        }
    }

    private static func json(_ id: CapsuleID, _ branches: [Workspaces.Branch]) -> JSONValue {
        let list = branches.map { branch -> JSONValue in
            [
                "name": .string(branch.name), "commit": .string(branch.commit.hex),
                "current": .bool(branch.isCurrent),
            ]
        }
        return ["id": .string(id.string), "branches": .array(list)]
    }
}
