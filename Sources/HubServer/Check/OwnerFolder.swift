import Capsules

/// A folder of the store that belongs to an owner of the accounts.
struct OwnerFolder {
    let name: OwnerName

    /// Nil for a folder of another name.
    init?(_ bytes: [UInt8], known owners: Set<String>) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard owners.contains(text), let name = try? OwnerName(text) else { return nil }
        self.name = name
    }
}
