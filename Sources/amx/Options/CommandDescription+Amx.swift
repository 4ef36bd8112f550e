import Manuals

extension CommandDescription {
    /// `amx` and all commands below; nil if the parser's description cannot be read.
    static let all = CommandDescription(of: Amx.self)
}
