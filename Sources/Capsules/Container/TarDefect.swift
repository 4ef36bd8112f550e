/// Why a tar header is refused, to follow the file's and the entry's name in a message.
struct TarDefect: Error {
    /// What the defect says of the archive.
    enum Kind {
        /// Its bytes are not those that were written.
        case damage
        /// It is in a form that is not taken.
        case form
        /// It has something else than regular files.
        case content
    }

    let kind: Kind
    let reason: String

    /// Takes the reason.
    init(_ reason: String, _ kind: Kind = .form) {
        self.kind = kind
        self.reason = reason
    }
}
