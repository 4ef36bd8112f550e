package import Capsules

/// What a capsule's code has written to its run's log.
package struct LogLine: Hashable, Sendable {
    /// From what only who looks for a fault wants to know, up to what went wrong.
    package enum Level: String, Hashable, Sendable, CaseIterable {
        case debug
        case info
        case warn
        case error
    }

    package var level: Level
    package var message: String
    package var data: JSONValue?
}
