package import Capsules
package import Isolation

/// What an engine is asked to do: something of a capsule, with what it is given, within limits.
package struct EngineRun: Sendable {
    package var handler: Handler
    package var input: JSONValue
    package var limits: SandboxLimits
    /// Variables that the program gets beside the sandbox's own.
    package var environment: [String: String]

    package init(
        _ handler: Handler, input: JSONValue, limits: SandboxLimits = SandboxLimits(),
        environment: [String: String] = [:]
    ) {
        (self.handler, self.input, self.limits, self.environment) = (handler, input, limits, environment)
    }
}
