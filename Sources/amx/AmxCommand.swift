import ArgumentParser

/// A command of `amx`: its arguments, and one function that calls a library and shows what came of it.
protocol AmxCommand: ParsableCommand {
    /// The options that all commands take.
    var global: GlobalOptions { get }
    /// Does the work; what it throws becomes the error report and the exit status.
    func run(_ output: Output) throws
}
