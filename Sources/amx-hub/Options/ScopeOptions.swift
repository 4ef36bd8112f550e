import ArgumentParser
import Capsules
import HubServer
import Objects

/// `--owner` and `--repository`: what a rule is for.
struct ScopeOptions: ParsableArguments {
    @Option(help: "Only for this owner's repositories.") var owner: String?
    @Option(help: ArgumentHelp("Only for this repository.", valueName: "owner/name")) var repository: String?

    func validate() throws {
        guard owner == nil || repository == nil else {
            throw ValidationError("--owner and --repository exclude each other")
        }
    }

    /// The scope; `.notFound` when its owner is not there, since such a rule would hold for nobody.
    func scope(_ data: DataOption) async throws -> SigningRules.Scope {
        let scope: SigningRules.Scope
        let name: OwnerName
        if let repository {
            let address = try CapsuleAddress(parsing: repository)
            (scope, name) = (.repository(address), address.owner)
        } else if let owner {
            name = try OwnerName(owner)
            scope = .owner(name)
        } else {
            return .hub
        }
        guard try await data.withAccounts({ try await $0.hasOwner(name) }) else {
            throw AmxError(
                .notFound, "there is no owner \(name.string)", hint: "`amx-hub owner list` shows them")
        }
        return scope
    }

    /// The rules of the scope.
    func rules(_ data: DataOption) async throws -> (scope: SigningRules.Scope, folder: PolicyFolder) {
        let scope = try await scope(data)
        return (scope, SigningRules(try data.directory()).folder(scope))
    }
}

extension SigningRules.Scope {
    /// The owner, where the rules are for one.
    var ownerName: String? {
        guard case .owner(let owner) = self else { return nil }
        return owner.string
    }

    /// The repository, where the rules are for one.
    var repositoryName: String? {
        guard case .repository(let address) = self else { return nil }
        return "\(address)"
    }
}
