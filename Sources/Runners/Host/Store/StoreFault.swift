/// Why a store did not do what it was asked for; nothing was changed.
enum StoreFault: Error, Hashable, Sendable {
    /// Keys and values would have more bytes than they may have.
    case overQuota(used: Int64, wanted: Int64)
    /// The file has no room for more, whatever keys and values have.
    case fileFull
    /// Others used it for too long.
    case busy
    /// SQLite's own words.
    case failed(String)
}
