package import Capsules
package import Objects

/// Names one repository of a hub: `<owner>/<name>`.
package struct CapsuleAddress: Hashable, Sendable, CustomStringConvertible {
    package let owner: OwnerName
    package let name: CapsuleID

    package init(owner: OwnerName, name: CapsuleID) {
        self.owner = owner
        self.name = name
    }

    package var description: String { "\(owner.string)/\(name.string)" }
}

extension CapsuleAddress {
    /// Reads `OWNER/NAME`; `.usage` for anything else.
    package init(parsing text: String) throws(AmxError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = CapsuleAddress(ownerSegment: parts[0], nameSegment: parts[1]) else {
            throw AmxError(
                .usage, "'\(TreeRules.printable(text.utf8))' is no repository of a hub",
                hint: "give OWNER/NAME, such as acme/customer-service")
        }
        self = address
    }

    /// Reads two segments of a request's path exactly as they were sent, the second with or without `.git`.
    ///
    /// Nil for everything that is not a valid owner and id: dots, percent signs and upper case never reach the disk.
    init?(ownerSegment: Substring, nameSegment: Substring) {
        let name = nameSegment.hasSuffix(".git") ? nameSegment.dropLast(4) : nameSegment
        guard let owner = try? OwnerName(String(ownerSegment)), let id = try? CapsuleID(String(name)) else {
            return nil
        }
        self.init(owner: owner, name: id)
    }
}
