import Foundation
import TestSupport

extension AmxTool {
    /// Runs a command with further environment variables, whatever its exit status.
    func run(_ arguments: [String], with variables: [String: String]) throws -> Tool.Outcome {
        try Tool.run(
            Executables.amx, arguments, in: directory, environment: environment.merging(variables) { $1 })
    }

    /// Starts a command and goes on; what it says goes nowhere.
    func start(_ arguments: String..., with variables: [String: String] = [:]) throws -> RunningProgram {
        try start(arguments, with: variables)
    }

    /// Starts a command without waiting for it.
    func start(_ arguments: [String], with variables: [String: String] = [:]) throws -> RunningProgram {
        try RunningProgram(
            Executables.amx, arguments, in: directory, environment: environment.merging(variables) { $1 })
    }
}
