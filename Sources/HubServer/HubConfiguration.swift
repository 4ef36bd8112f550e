package import Objects

/// How a hub is served.
package struct HubConfiguration: Sendable {
    /// The address to listen on.
    package var listen: ListenAddress
    /// Whether everybody may read everything, without a token.
    package var publicRead = false
    /// Bounds on what is pushed.
    package var limits = Limits.standard
    /// How many packs are sent and received at once; four times as many requests wait, further ones are answered 503.
    package var transfers = 128
    /// How long requests under way may take after a signal to stop.
    package var drainSeconds = 30
    /// When an idle connection, or one whose request stalls, is closed.
    package var idleSeconds = 120
    /// How long the policy script may take for one push.
    package var scriptSeconds = 30
    /// What the hub calls itself towards git.
    package var version: String

    package init(listen: ListenAddress, version: String) {
        self.listen = listen
        self.version = version
    }
}
