import ArgumentParser
import Synchronization

/// When colour is used: `--color`, else `NO_COLOR`, else the setting `color.ui`.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    /// On a terminal that has colour.
    case auto
    case always
    case never

    private static let chosen = Mutex(ColorChoice.auto)

    /// What was chosen for this process.
    static var inForce: ColorChoice { chosen.withLock { $0 } }

    /// Chooses for this process.
    static func use(_ choice: ColorChoice) { chosen.withLock { $0 = choice } }

    /// What a command line says that may be no valid one.
    init?(in arguments: [String]) {
        let words = arguments.prefix { $0 != "--" }
        for (index, word) in words.enumerated() {
            let value =
                word == "--color"
                ? words.dropFirst(index + 1).first : word.hasPrefix("--color=") ? String(word.dropFirst(8)) : nil
            if let value, let choice = ColorChoice(rawValue: value) {
                self = choice
                return
            }
        }
        return nil
    }

    /// Whether a stream gets colour.
    func isColored(isTerminal: Bool) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        if Environment["NO_COLOR"] != nil { return false }
        if let force = Environment["CLICOLOR_FORCE"], force != "0" { return true }
        return isTerminal && Environment["CLICOLOR"] != "0" && Environment["TERM"] != "dumb"
    }
}
