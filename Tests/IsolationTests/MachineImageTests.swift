import Foundation
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Isolation

/// The images of guests, in a folder of each test's own.
@Suite(
    "Isolation: images of virtual machines", .onTestThreads,
    .enabled(if: MachineFixture.isPossible, MachineFixture.comment))
struct MachineImageTests {
    private let folder: TemporaryDirectory
    private let limits = SandboxLimits(milliseconds: 120_000)

    init() throws {
        folder = try TemporaryDirectory("amx-images")
        try folder.write("capsule/text.txt", text: "of the capsule\n")
    }

    private var parts: VirtualMachine.Parts {
        var parts = MachineFixture.parts
        parts.cache = folder.path + "/cache"
        return parts
    }

    private func ending(_ machine: VirtualMachine) throws -> SandboxResult {
        try Sandbox(worker: SandboxFixture.worker, showing: folder.path + "/capsule", machine: machine)
            .run(["/usr/bin/cat", "text.txt"], limits: limits)
    }

    @Test func oneIsMadeAndKept() throws {
        var boots = 0
        // One that nobody has used for long goes when another one is made.
        let old = "cache/\(String(repeating: "a", count: 32))"
        try folder.write("\(old)/state", text: "an image")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: "\(folder.path)/\(old)")
        let image = try VirtualMachine(parts).image(forMemory: 128 << 20, willBoot: { boots += 1 })
        #expect(try VirtualMachine(parts).image(forMemory: 64 << 20, willBoot: { boots += 1 }) == image)
        #expect(boots == 1)
        #expect(MachineFixture.emulators(seeing: folder.path).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parts.cache).count == 2)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: (image.path as NSString).deletingLastPathComponent)
                == ["state"])
        #expect(try ending(VirtualMachine(parts)).output == Array("of the capsule\n".utf8))

        // Another QEMU, kernel or first process has an image of its own: here, one whose file has changed.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: image.path)
        #expect(try VirtualMachine(parts).image(forMemory: 128 << 20, willBoot: { boots += 1 }) == image)
        #expect(boots == 1)

        // One that others may have written is not gone on from.
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: image.path)
        #expect(throws: AmxError.self) { try VirtualMachine(parts).image(forMemory: 128 << 20) }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: image.path)

        // What is damaged runs nothing, and says so.
        let whole = try Data(contentsOf: URL(fileURLWithPath: image.path))
        for damaged in [Data(), whole.prefix(whole.count / 2), Data("no snapshot".utf8)] {
            try damaged.write(to: URL(fileURLWithPath: image.path))
            let result = try ending(VirtualMachine(parts))
            #expect(result.ending == .setupFailed, "\(result.ending)")
            #expect(result.output.isEmpty)
            #expect(!result.errors.isEmpty)
        }

        // One that is deleted is made again, also where it was gone on from before.
        let machine = try VirtualMachine(parts)
        #expect(try machine.image(forMemory: 128 << 20, willBoot: { boots += 1 }) == image)
        #expect(boots == 1)
        try FileManager.default.removeItem(atPath: parts.cache)
        #expect(try machine.image(forMemory: 128 << 20, willBoot: { boots += 1 }) == image)
        #expect(boots == 2)
    }

    /// Who comes while one is made waits for it. What a maker that was killed has left goes.
    @Test func twoMakeNoneTwice() throws {
        let parts = parts
        try folder.write("cache/making-1-left/state", text: "half")
        let boots = Mutex(0)
        let images = Mutex<Set<MachineImage>>([])
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 3) { _ in
            let result = Result {
                try VirtualMachine(parts).image(forMemory: 128 << 20, willBoot: { boots.withLock { $0 += 1 } })
            }
            if case .success(let image) = result { images.withLock { _ = $0.insert(image) } }
            if case .failure(let error) = result { errors.withLock { $0.append("\(error)") } }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(boots.withLock { $0 } == 1)
        #expect(images.withLock { $0.count } == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parts.cache).count == 2)
    }

    @Test func aGuestThatTakesTooLongIsGivenUp() throws {
        var parts = parts
        parts.bootMilliseconds = 300
        let error = #expect(throws: AmxError.self) { try VirtualMachine(parts).image(forMemory: 128 << 20) }
        #expect(error?.message == "cannot run in a virtual machine: its guest has not booted in 0 seconds")
        #expect(try FileManager.default.contentsOfDirectory(atPath: parts.cache) == ["lock"])
        #expect(MachineFixture.emulators(seeing: folder.path).isEmpty)
    }

    @Test func aCallerCanGiveUp() throws {
        var calls = 0
        let error = #expect(throws: AmxError.self) {
            try VirtualMachine(parts).image(
                forMemory: 128 << 20,
                check: { () throws(AmxError) in
                    calls += 1
                    if calls > 1 { throw AmxError(.interrupted, "interrupted") }
                })
        }
        #expect(error?.code == .interrupted)
        #expect(try FileManager.default.contentsOfDirectory(atPath: parts.cache) == ["lock"])
        let folder = folder.path
        #expect(Patience.waits { MachineFixture.emulators(seeing: folder).isEmpty })
    }

    @Test func aKernelThatIsNoneIsSaid() throws {
        var parts = parts
        for name in GuestKernel.needed {
            try folder.write("root/lib/modules/6.1.0/kernel/\(name).ko", text: "\0depends=\0")
        }
        try folder.write("root/boot/vmlinuz-6.1.0", [UInt8](repeating: 0x90, count: 1 << 20))
        parts.kernels = [folder.path + "/root"]
        let error = #expect(throws: AmxError.self) { try VirtualMachine(parts).image(forMemory: 128 << 20) }
        #expect(
            error?.message.hasPrefix("cannot run in a virtual machine: its guest does not boot") == true,
            "\(error?.message ?? "")")
    }

    /// Modules that the kernel refuses: the guest stops by itself.
    @Test func aGuestThatStopsIsSaid() throws {
        var parts = parts
        let kernel = try GuestKernel.find(in: parts.kernels)
        for name in GuestKernel.needed {
            try folder.write("root/lib/modules/6.1.0/kernel/\(name).ko", text: "\0depends=\0")
        }
        try folder.write("root/boot/vmlinuz-6.1.0", Data(contentsOf: URL(fileURLWithPath: kernel.path)))
        parts.kernels = [folder.path + "/root"]
        let error = #expect(throws: AmxError.self) { try VirtualMachine(parts).image(forMemory: 128 << 20) }
        #expect(error?.message == "cannot run in a virtual machine: its guest does not boot")
    }
}
