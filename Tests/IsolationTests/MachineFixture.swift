import Foundation
import Objects
import Testing

@testable import Isolation

/// The virtual machines of the tests: their images lie in the build's folder, so that one is made once.
enum MachineFixture {
    static let comment: Comment = "needs QEMU and a kernel: docs/running.md, \"Virtual machines\""

    static var parts: VirtualMachine.Parts {
        let place = (SandboxFixture.worker as NSString).deletingLastPathComponent
        var parts = VirtualMachine.Parts(worker: SandboxFixture.worker, cache: "\(place)/vm-images")
        if let folder = ProcessInfo.processInfo.environment["AMX_GUEST_KERNEL"] { parts.kernels = folder }
        return parts
    }

    static let isPossible = (try? VirtualMachine(parts)) != nil

    static func machine() throws -> VirtualMachine { try VirtualMachine(parts) }
}
