import Objects
import Wire

/// Which refs a push may touch at all, whatever they point at.
enum RefRules {
    /// Why a command is refused; nil when it may go on to the checks of its content.
    static func refusal(of command: PushCommand, snapshot: RefSnapshot) -> String? {
        guard let name = RefName(command.name) else { return "this is not a well-formed ref name" }
        guard name.branch != nil || name.tag?.hasPrefix("v") == true else {
            return "only branches (refs/heads/*) and releases (refs/tags/v*) can be pushed"
        }
        let current = snapshot[name]?.id ?? .zero
        if command.isDeletion, snapshot.head.branch == name, !current.isZero {
            return "this is the default branch, which is never deleted"
        }
        if command.isDeletion, name.tag != nil { return "a release is never deleted" }
        if current != command.old {
            return current.isZero ? "the ref is gone: fetch first" : "the ref has moved: fetch first"
        }
        return nil
    }
}
