import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx switch`.
struct Switch: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go to another branch of a capsule.",
        usage: "amx switch <id> <branch> [--create]",
        discussion: """
            The working form becomes the branch's content. Refused, with exit status 6, while uncommitted changes or ignored \
            files would be lost. A branch that only a remote has is made from there. With --create, the branch is made at the \
            current commit and uncommitted changes stay.

            Example:
              amx switch customer-service refunds --create
            """)

    @Argument(help: ArgumentHelp("The capsule, and the branch.", valueName: "id> <branch")) var arguments: [String]
    @Flag(name: .shortAndLong, help: "Make the branch.") var create = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (1...2).contains(arguments.count) else {
            throw ValidationError("Expected a capsule and a branch: amx switch ID BRANCH")
        }
    }

    func run(_ output: Output) throws {
        guard let name = arguments.last else { return }
        let place = try Place()
        let id = try CapsuleID(place.id(before: "a branch", of: arguments))
        let capsule = place.workspace.capsule(id)
        let branch = try place.workspace.write { () throws(AmxError) in
            try capsule.switchBranch(to: name, create: create)
        }
        try output.confirm(
            json: [
                "id": .string(id.string), "branch": .string(branch.name), "commit": .string(branch.commit.hex),
                "created": .bool(create),
            ]
        ) { _ in
            "\(id) is on \(create ? "the new branch " : "")\(branch.name) at \(branch.commit.abbreviated)"
        }
    }
}
