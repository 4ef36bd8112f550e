/// What a server of the Model Context Protocol is held to, beside the limits of its sandbox.
package struct ServerLimits: Hashable, Sendable {
    /// One message, in bytes.
    package var messageBytes = 10 << 20
    /// How many tools it may list.
    package var tools = 1_000
    /// How many pages its list may have.
    package var pages = 100
    /// A tool's name, in bytes.
    package var nameBytes = 128
    /// A tool's description, in bytes.
    package var descriptionBytes = 16 << 10
    /// What one message adds to a run's log, in bytes.
    package var logMessageBytes = 64 << 10
    /// The log of one run, in bytes.
    package var logBytes = 1 << 20
    /// The text of a tool's error, in bytes.
    package var errorBytes = 64 << 10
    /// What it may ask during one call.
    package var requests = 10_000
    /// From its start until its tools are known, in milliseconds.
    package var startMilliseconds: UInt64 = 30_000
    /// How long it may take to show that it is there, in milliseconds.
    package var healthMilliseconds: UInt64 = 5_000
    /// How long it may take to show that it is there after a call that was cancelled, in milliseconds: so much later than its deadline a
    /// call may end.
    package var cancellationMilliseconds: UInt64 = 300
    /// How long it is waited for when it is to stop, before it is killed, in milliseconds.
    package var graceMilliseconds: UInt64 = 2_000
    /// How long it may be kept, in milliseconds.
    package var lifetimeMilliseconds: UInt64 = 86_400_000

    package init() {}
}
