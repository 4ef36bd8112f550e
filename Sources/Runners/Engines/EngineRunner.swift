package import Isolation
package import Objects

/// One of the engines, with the sandbox of one capsule around it.
///
/// Blocks its thread; not for use by several threads at once. Wherever there is a `check`, it is called at least twice a second; what it
/// throws ends what is done and is thrown on.
package protocol EngineRunner: AnyObject {
    /// Runs something, answers what it asks of its host, and says what came of it: also a run that fails is a result.
    ///
    /// `.failure` and `.denied` where the machine lacks what every run needs.
    func run(
        _ run: EngineRun, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult

    /// Starts what is kept between runs, ahead of the first one, where there is such a thing.
    func load(_ limits: SandboxLimits, check: () throws(AmxError) -> Void) throws(AmxError)

    /// Asks what is kept between runs whether it is there.
    func health(check: () throws(AmxError) -> Void) throws(AmxError) -> EngineState

    /// The tools that it has besides those that the manifest declares; it is loaded.
    func offeredTools(
        _ limits: SandboxLimits, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> [OfferedTool]

    /// Ends what is kept between runs, as far as it can be ended; the first error is thrown on afterwards.
    func unload() throws(AmxError)
}

extension EngineRunner {
    package func load(_ limits: SandboxLimits, check: () throws(AmxError) -> Void) throws(AmxError) {}

    package func health(check: () throws(AmxError) -> Void) throws(AmxError) -> EngineState { .ready }

    package func offeredTools(
        _ limits: SandboxLimits, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> [OfferedTool] { [] }

    package func unload() throws(AmxError) {}
}
