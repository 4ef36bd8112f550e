import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx switch`.
struct Switch: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "switch", abstract: "Go to another branch of a capsule.",
        usage: "amx switch <id> <branch> [--create | --stash | --keep]",
        discussion: """
            The working form becomes the branch's content. Refused, with exit status 6, while uncommitted changes or ignored \
            files would be lost: --stash puts uncommitted changes aside first, --keep takes them along where the branch has the \
            same files. A branch that only a remote has is made from there. With --create, the branch is made at the current \
            commit and uncommitted changes stay.

            Example:
              amx switch customer-service refunds --create
              amx switch customer-service main --stash
            """)

    @Argument(help: ArgumentHelp("The capsule, and the branch.", valueName: "id> <branch")) var arguments: [String]
    @Flag(name: .shortAndLong, help: "Make the branch.") var create = false
    @Flag(help: "Put uncommitted changes aside first, for `amx stash pop`.") var stash = false
    @Flag(help: "Take uncommitted changes along.") var keep = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (1...2).contains(arguments.count) else {
            throw ValidationError("Expected a capsule and a branch: amx switch ID BRANCH")
        }
        guard [create, stash, keep].filter({ $0 }).count <= 1 else {
            throw ValidationError("--create, --stash and --keep exclude each other")
        }
    }

    func run(_ output: Output) throws {
        guard let name = arguments.last else { return }
        let place = try Place()
        let id = try CapsuleID(place.id(before: "a branch", of: arguments))
        let capsule = place.workspace.capsule(id)
        var aside: Workspaces.Stash?
        let outcome = Result {
            try place.workspace.write { () throws(AmxError) in
                if !create { try capsule.checkMaySwitch(to: name) }
                if stash { aside = try capsule.stash(message: nil, beforeSwitchingTo: name) }
                return try capsule.switchBranch(to: name, create: create, keeping: keep)
            }
        }
        if let aside, !output.asJSON, !output.isQuiet { try output.tell { _ in aside.announcement(id) } }
        let branch = try outcome.get()
        try output.confirm(
            json: [
                "id": .string(id.string), "branch": .string(branch.name), "commit": .string(branch.commit.hex),
                "created": .bool(create), "stash": aside?.json ?? .null,
            ]
        ) { _ in
            "\(id) is on \(create ? "the new branch " : "")\(branch.name) at \(branch.commit.abbreviated)"
        }
    }
}
