import Foundation

/// Lets a few tests at a time have a hub, so that each is served within the time that it waits for an answer.
actor HubTurns {
    static let shared = HubTurns()

    private var free = max(2, ProcessInfo.processInfo.activeProcessorCount)
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs a piece of work when it is its turn.
    nonisolated func take(_ work: () async throws -> Void) async throws {
        await begin()
        do {
            try await work()
        } catch {
            await end()
            throw error
        }
        await end()
    }

    private func begin() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func end() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
