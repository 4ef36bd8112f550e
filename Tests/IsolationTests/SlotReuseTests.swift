import Foundation
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Isolation

/// A slot is somebody else's once nothing of the one before is left, also where that was given up while its program ran.
@Suite(.onTestThreads) struct SlotReuseTests {
    /// A program that runs in a sandbox of its own, after one that has ended.
    private static func start(_ path: String, _ failures: borrowing Mutex<[String]>) throws -> SandboxedProgram {
        let sandbox = try Sandbox(worker: SandboxFixture.worker, showing: path)
        let limits = SandboxLimits(milliseconds: 120_000)
        let first = try sandbox.run(["/usr/bin/true"], limits: limits)
        if first.ending != .exited(0) { failures.withLock { $0.append("\(first.ending)") } }
        return try sandbox.start(["/usr/bin/sleep", "600"], input: [], limits: limits)
    }

    @Test func sandboxesThatAreGivenUpEndNoOthers() throws {
        let folder = try TemporaryDirectory("amx-slots")
        let path = try folder.write("capsule/a.txt", text: "").dropLast(6)
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            for _ in 0..<12 {
                do {
                    // Its sandbox is given up with it, while it runs.
                    _ = try Self.start(String(path), failures)
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        #expect(failures.withLock { $0 } == [])
    }
}
