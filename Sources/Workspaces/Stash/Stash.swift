package import Objects

/// Uncommitted changes of a capsule that were put aside: a commit of the working form's content, whose parent is the commit that
/// the form was made from.
///
/// It stands under `refs/amx/stash/<number>` of the capsule's repository and never leaves it: only branches and releases are
/// pushed and fetched.
package struct Stash: Sendable {
    /// Its number, by which commands name it; it stays the same while others come and go.
    package let number: Int
    /// Its commit's id.
    package let id: ObjectID
    /// Its commit.
    package let commit: Commit
    /// What was changed.
    package let changes: [Change]

    static let prefix = "refs/amx/stash/"

    /// The reference of a stash.
    static func ref(_ number: Int) throws(AmxError) -> RefName {
        guard let ref = RefName("\(prefix)\(number)") else {
            throw AmxError(.failure, "\(number) is not a stash's number")
        }
        return ref
    }

    /// The numbers of a repository's stashes, the newest first.
    static func numbers(in snapshot: RefSnapshot) -> [Int] {
        snapshot.refs(withPrefix: prefix).compactMap { $0.name.suffix(after: prefix).flatMap { Int($0) } }
            .filter { $0 > 0 }.sorted(by: >)
    }
}
