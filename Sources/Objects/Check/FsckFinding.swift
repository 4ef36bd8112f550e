/// One thing that is wrong in a store, with its repair.
package struct FsckFinding: Hashable, Sendable {
    /// What is wrong.
    package enum Kind: String, Sendable {
        case repository, pack, index, object, ref, head, config, lock, litter, digest, release, file, layout, accounts
    }

    package let kind: Kind
    /// The object's id, the reference's name, or the path in the repository.
    package let place: String
    /// What is wrong with it.
    package let problem: String
    /// What to do about it.
    package let hint: String

    /// Makes a finding.
    package init(_ kind: Kind, _ place: String, _ problem: String, hint: String) {
        self.kind = kind
        self.place = place
        self.problem = problem
        self.hint = hint
    }

    /// The advice where content is lost.
    package static let replace =
        "move the repository away and clone, fetch or push it again from a copy that is whole, or restore it from a backup"
}

extension AmxError {
    /// The message without what a receiver says in front of the reason.
    var finding: String {
        guard message.hasPrefix("cannot take "), let colon = message.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return message
        }
        return String(message[message.utf8.index(after: colon)...].drop { $0 == " " })
    }
}
