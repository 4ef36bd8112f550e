package import Capsules
package import Objects

/// What a hub requires to be signed, as folders of its data directory that are read at every push.
///
/// ```
/// policy/                               for the whole hub
/// policy/owners/<owner>/                for one owner's repositories
/// policy/repositories/<owner>/<name>/   for one repository
/// ```
///
/// Each is a ``PolicyFolder``; for a repository those that concern it add up.
package struct SigningRules {
    /// What rules are for.
    package enum Scope: Hashable, Sendable, CustomStringConvertible {
        case hub
        case owner(OwnerName)
        case repository(CapsuleAddress)

        /// What they are for, for people.
        package var description: String {
            switch self {
            case .hub: "everybody"
            case .owner(let owner): owner.string
            case .repository(let address): "\(address)"
            }
        }
    }

    private let path: String

    /// The rules of a hub.
    package init(_ directory: DataDirectory) { path = directory.policyPath }

    /// The rules of one scope alone.
    package func folder(_ scope: Scope) -> PolicyFolder {
        switch scope {
        case .hub: PolicyFolder(path)
        case .owner(let owner): PolicyFolder("\(path)/owners/\(owner.string)")
        case .repository(let address): PolicyFolder("\(path)/repositories/\(address)")
        }
    }

    /// What pushes into a repository are held against; `.failure` names the file that cannot be used.
    func policy(of address: CapsuleAddress) throws(AmxError) -> SignaturePolicy {
        try SignaturePolicy([folder(.hub), folder(.owner(address.owner)), folder(.repository(address))])
    }

    /// The scopes that have a folder of rules, the hub's first, owners and repositories by name.
    package func scopes() throws(AmxError) -> [Scope] {
        var scopes: [Scope] = [.hub]
        scopes += try Self.owners(in: "\(path)/owners").map { .owner($0) }
        for owner in try Self.owners(in: "\(path)/repositories") {
            for name in try Directory.names(in: "\(path)/repositories/\(owner.string)") {
                guard let id = try? CapsuleID(String(decoding: name, as: UTF8.self)) else { continue }
                scopes.append(.repository(CapsuleAddress(owner: owner, name: id)))
            }
        }
        return scopes
    }

    private static func owners(in folder: String) throws(AmxError) -> [OwnerName] {
        guard Directory.isDirectory(folder) else { return [] }
        return try Directory.names(in: folder).compactMap { try? OwnerName(String(decoding: $0, as: UTF8.self)) }
    }
}
