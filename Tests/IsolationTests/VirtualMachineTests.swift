import Foundation
import Objects
import TestSupport
import Testing

@testable import Isolation

/// Programs in guests, where QEMU and a kernel for them are.
@Suite("Isolation: virtual machines", .onTestThreads, .enabled(if: MachineFixture.isPossible, MachineFixture.comment))
struct VirtualMachineTests {
    private let folder: TemporaryDirectory
    private let sandbox: Sandbox

    init() throws {
        folder = try TemporaryDirectory("amx-vm")
        try folder.write("capsule/text.txt", text: "of the capsule\n")
        sandbox = try Sandbox(
            worker: SandboxFixture.worker, showing: folder.path + "/capsule", machine: try MachineFixture.machine())
    }

    private func shell(_ lines: String, input: String = "", _ limits: SandboxLimits = SandboxLimits()) throws
        -> SandboxResult
    {
        try sandbox.run(["/usr/bin/sh", "-c", lines], input: Array(input.utf8), limits: limits)
    }

    @Test func runsAndAnswers() throws {
        let result = try shell("cat; cat text.txt; echo wrong >&2; exit 3", input: "given ")
        #expect(result.ending == .exited(3))
        #expect(String(decoding: result.output, as: UTF8.self) == "given of the capsule\n")
        #expect(String(decoding: result.errors, as: UTF8.self) == "wrong\n")
    }
}
