package import Objects

/// One of the engines, with the sandbox of one capsule around it.
///
/// Blocks its thread; not for use by several threads at once.
package protocol EngineRunner {
    /// Runs something, answers what it asks of its host, and says what came of it: also a run that fails is a result.
    ///
    /// `check` is called at least twice a second while the code runs; what it throws ends the run and is thrown on. `.failure` and `.denied`
    /// where the machine lacks what every run needs.
    func run(
        _ run: EngineRun, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult
}
