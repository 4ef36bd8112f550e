import Objects
import Synchronization

/// A pattern that is compiled at its first use: most files have the keywords of few rules.
final class LazyExpression: Sendable {
    private let pattern: String
    private let ignoresCase: Bool
    private let place: String
    private let compiled = Mutex<RegularExpression?>(nil)

    /// Takes a pattern; `place` is what an error names.
    init(_ pattern: String, ignoresCase: Bool, place: String) {
        self.pattern = pattern
        self.ignoresCase = ignoresCase
        self.place = place
    }

    /// The compiled pattern; `.failure` when it cannot be compiled.
    func get() throws(AmxError) -> RegularExpression {
        if let known = compiled.withLock({ $0 }) { return known }
        do throws(RegularExpressionFault) {
            let made = try RegularExpression(pattern, ignoresCase: ignoresCase, bounds: .rules)
            compiled.withLock { $0 = made }
            return made
        } catch {
            throw error.error(in: place)
        }
    }
}
