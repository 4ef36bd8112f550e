package import Objects

/// What a token may do with its owner's repositories.
///
/// A right includes the lower ones: who may write may read, since a push starts with reading the refs.
package struct AccessRights: OptionSet, Sendable, Hashable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Fetch, and list what is there.
    package static let read = AccessRights(rawValue: 1)
    /// Push, and make repositories by pushing.
    package static let write = AccessRights(rawValue: 2)
    /// Everything an owner can do.
    package static let admin = AccessRights(rawValue: 4)

    /// Every right there is.
    package static let all: AccessRights = [.read, .write, .admin]

    private static let named: [(name: String, own: AccessRights, all: AccessRights)] = [
        ("read", .read, [.read]), ("write", .write, [.read, .write]), ("admin", .admin, .all),
    ]

    /// Parses names separated by commas, as `--rights` takes them.
    package init(parsing text: String) throws(AmxError) {
        var rights: AccessRights = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let match = Self.named.first(where: { $0.name == name }) else {
                throw AmxError(
                    .usage, "cannot read the rights \"\(text)\": \"\(name)\" is not a right",
                    hint: "give one or more of read, write and admin, separated by commas")
            }
            rights.formUnion(match.all)
        }
        self = rights
    }

    /// The names of the rights held, lowest first.
    package var names: [String] { Self.named.filter { contains($0.own) }.map(\.name) }
}
