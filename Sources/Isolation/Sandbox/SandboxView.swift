/// What a sandboxed program sees of the world: its files, its variables, where it starts.
package struct SandboxView: Sendable, Hashable {
    /// A place that is shown read-only.
    package struct Shown: Sendable, Hashable {
        package var source: String
        package var target: String

        package init(_ source: String, at target: String) { (self.source, self.target) = (source, target) }
    }

    /// What is shown beside the system's own programs; each source is there.
    package var shown: [Shown]
    /// Names and values of the program's variables.
    package var environment: [String: String]
    /// Where it starts.
    package var directory: String
    /// Room under `/tmp` in bytes.
    package var temporaryBytes: UInt64

    package init(shown: [Shown], environment: [String: String], directory: String, temporaryBytes: UInt64) {
        (self.shown, self.environment) = (shown, environment)
        (self.directory, self.temporaryBytes) = (directory, temporaryBytes)
    }
}
