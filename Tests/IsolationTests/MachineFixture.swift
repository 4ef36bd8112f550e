import Foundation
import Objects
import TestSupport
import Testing

@testable import Isolation

/// The virtual machines of the tests: their images lie in the build's folder, so that one is made once.
enum MachineFixture {
    static let comment: Comment = "needs QEMU and a kernel with 9p: docs/running.md, \"Virtual machines\""

    static var parts: VirtualMachine.Parts {
        let place = (SandboxFixture.worker as NSString).deletingLastPathComponent
        var parts = VirtualMachine.Parts(worker: SandboxFixture.worker, cache: "\(place)/vm-images")
        if let folder = ProcessInfo.processInfo.environment["AMX_GUEST_KERNEL"] { parts.kernels = [folder] }
        return parts
    }

    static let isPossible = (try? VirtualMachine(parts)) != nil

    static func machine() throws -> VirtualMachine { try VirtualMachine(parts) }

    /// The processes that are a QEMU and see something of a folder.
    static func emulators(seeing folder: String) -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { process in
            guard Int(process) != nil, text("/proc/\(process)/comm").hasPrefix("qemu-system") else { return false }
            return text("/proc/\(process)/mountinfo").contains(folder)
        }
    }

    private static func text(_ path: String) -> String {
        (try? String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)) ?? ""
    }
}
