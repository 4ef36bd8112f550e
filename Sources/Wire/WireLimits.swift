package import Objects

/// Bounds on requests and answers before any pack, so that a hostile peer costs little.
package struct WireLimits: Sendable, Hashable {
    /// A whole upload-pack request, and a push's commands and options, in bytes.
    package var requestBytes = 16 << 20
    /// `want` lines of one request.
    package var wants = 65_536
    /// `have` lines of one request.
    package var haves = 262_144
    /// `shallow` lines of one request or answer.
    package var shallows = 65_536
    /// `deepen-not` lines, server options and push options, each.
    package var options = 256
    /// `ref-prefix` lines that are looked at: with more, all refs are listed, as git does.
    package var prefixes = 65_536
    /// Commands of one push.
    package var commands = Limits.standard.refsPerPush
    /// The name of one ref, in bytes.
    package var refNameBytes = 1_024
    /// Refs that a client reads from a server.
    package var advertisedRefs = 1_000_000
    /// All of an advertisement or a report that a client reads, in bytes.
    package var answerBytes = 256 << 20

    /// The defaults.
    package static let standard = WireLimits()

    /// Makes the default bounds.
    package init() {}

    /// Makes the default bounds with those that a configuration sets.
    package init(_ limits: Limits) { commands = limits.refsPerPush }
}
