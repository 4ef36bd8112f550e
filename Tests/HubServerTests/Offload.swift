import Foundation
import TestSupport

/// Runs other programs on a thread of their own: the hub under test needs Swift's few threads to answer them.
enum Offload {
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Swift.Result { try body() })
            }
        }
    }

    /// Runs git, whatever its exit status.
    static func git(
        _ arguments: [String], in directory: String, environment: [String: String] = [:]
    ) async throws -> Tool.Outcome {
        try await run {
            try Tool.run(
                "git", arguments, in: directory,
                environment: Tool.gitEnvironment.merging(environment) { $1 })
        }
    }

    /// Runs git and expects success.
    @discardableResult
    static func succeed(
        _ arguments: [String], in directory: String, environment: [String: String] = [:]
    ) async throws -> String {
        try await run { try Tool.git(arguments, in: directory, environment: environment) }
    }
}
