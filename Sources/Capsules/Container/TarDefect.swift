/// Why a tar header is refused, to follow the file's and the entry's name in a message.
struct TarDefect: Error {
    let reason: String

    /// Takes the reason.
    init(_ reason: String) { self.reason = reason }
}
