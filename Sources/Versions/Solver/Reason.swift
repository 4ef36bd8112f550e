/// Why a domain shrank.
struct Reason: Equatable {
    private let word: UInt32

    private init(word: UInt32) { self.word = word }

    /// It was tried.
    static let decision = Reason(word: .max)

    /// A fact, something given, or a learned nogood of one or two terms.
    static func permanent(_ nogood: Int) -> Reason { Reason(word: UInt32(nogood)) }

    /// A learned nogood that may be forgotten.
    static func learned(_ nogood: Int) -> Reason { Reason(word: UInt32(nogood) | 1 << 31) }

    var isLearned: Bool { word >> 31 == 1 && self != .decision }

    /// The number in its store; for a decision without meaning.
    var nogood: Int { Int(word & 0x7FFF_FFFF) }
}
