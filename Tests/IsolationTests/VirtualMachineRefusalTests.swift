import Foundation
import Objects
import TestSupport
import Testing

@testable import Isolation

/// What a host lacks is said before anything runs, and nothing is run in something less.
@Suite("Isolation: virtual machines that cannot be", .onTestThreads) struct VirtualMachineRefusalTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory("amx-no-vm") }

    /// Parts that are all there, as far as anybody can see without booting: the kernel is none.
    private func parts(emulator: String = "/usr/bin/false") throws -> VirtualMachine.Parts {
        for name in ["virtio_pci", "virtio_console", "9pnet_virtio", "9p"] {
            try folder.write("root/lib/modules/6.1.0/kernel/\(name).ko", text: "\0depends=\0")
        }
        try folder.write("root/boot/vmlinuz-6.1.0", text: "no kernel\n")
        var parts = VirtualMachine.Parts(worker: SandboxFixture.worker, cache: folder.path + "/cache")
        (parts.emulator, parts.kernels) = (emulator, [folder.path + "/root"])
        return parts
    }

    private func refusal(_ body: () throws -> Void) -> (message: String, hint: String?)? {
        do { try body() } catch let error as AmxError { return (error.message, error.hint) } catch {}
        return nil
    }

    @Test func withoutQEMU() throws {
        let parts = try parts(emulator: "/usr/bin/no-such-qemu")
        let refusal = refusal { _ = try VirtualMachine(parts) }
        #expect(refusal?.message == "cannot run in a virtual machine: QEMU is not installed")
        #expect(
            refusal?.hint
                == "install it, on Debian with `apt-get install qemu-system-x86`; `amx doctor` tries it"
        )
        #expect(!FileManager.default.fileExists(atPath: parts.cache))
    }

    @Test func withoutTheFirstProcess() throws {
        var parts = try parts()
        parts.worker = folder.path + "/amx-worker"
        #expect(
            refusal { _ = try VirtualMachine(parts) }?.message
                == "cannot run in a virtual machine: there is no program \(folder.path)/amx-vm-init")
    }

    @Test func withoutAKernel() throws {
        var parts = try parts()
        parts.kernels = [folder.path + "/empty/", folder.path + "/none"]
        let refusal = refusal { _ = try VirtualMachine(parts) }
        #expect(
            refusal?.message
                == "cannot run in a virtual machine: there is no kernel for its guest in \(folder.path)/empty/boot")
        #expect(refusal?.hint?.contains("AMX_GUEST_KERNEL") == true)
    }

    @Test(arguments: ["virtio_pci", "virtio_console", "9pnet_virtio", "9p"])
    func withoutAModule(_ name: String) throws {
        let parts = try parts()
        try FileManager.default.removeItem(atPath: "\(folder.path)/root/lib/modules/6.1.0/kernel/\(name).ko")
        #expect(
            refusal { _ = try VirtualMachine(parts) }?.message
                == "cannot run in a virtual machine: the kernel 6.1.0 has no module \(name) (Debian's cloud kernels lack 9p)"
        )
        // One that is part of the kernel is no file.
        try folder.write("root/lib/modules/6.1.0/modules.builtin", text: "kernel/a/b.ko\nkernel/c/\(name).ko\n")
        _ = try VirtualMachine(parts)
    }

    @Test func whereNoGuestBoots() throws {
        let machine = try VirtualMachine(parts())
        var boots = 0
        let refusal = refusal { _ = try machine.image(forMemory: 1 << 20, willBoot: { boots += 1 }) }
        #expect(refusal?.message == "cannot run in a virtual machine: its guest does not boot")
        #expect(refusal?.hint == "`amx doctor` boots a guest and says what this machine lacks")
        #expect(boots == 1)
        // Nothing half made is left.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache") == ["lock"])
    }

    /// A machine without an image runs nothing, in no other way either.
    @Test func nothingIsRunInsteadInAContainer() throws {
        try folder.write("capsule/text.txt", text: "of the capsule\n")
        let sandbox = try Sandbox(
            worker: SandboxFixture.worker, showing: folder.path + "/capsule", machine: VirtualMachine(parts()))
        let refusal = refusal { _ = try sandbox.run(["/usr/bin/cat", "text.txt"], limits: SandboxLimits()) }
        #expect(refusal?.message == "cannot run in a virtual machine: its guest does not boot")
    }

    @Test func othersMayNotWriteImages() throws {
        let parts = try parts()
        try FileManager.default.createDirectory(atPath: parts.cache, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: parts.cache)
        let machine = try VirtualMachine(parts)
        let refusal = refusal { _ = try machine.image(forMemory: 1 << 20) }
        #expect(refusal?.message == "\(parts.cache) is not a folder that only this user may write")
    }

    @Test func theNewestKernelIsTaken() throws {
        let parts = try parts()
        for version in ["6.1.0-9-amd64", "6.1.0-56-amd64", "6.1.0-100-cloud-amd64", "5.10.0-99-amd64"] {
            try folder.write("root/boot/vmlinuz-\(version)", text: "")
            for name in GuestKernel.needed where !version.contains("cloud") {
                try folder.write("root/lib/modules/\(version)/kernel/a/\(name).ko", text: "")
            }
        }
        #expect(
            try GuestKernel.find(in: [folder.path + "/none"] + parts.kernels).path
                == "\(folder.path)/root/boot/vmlinuz-6.1.0-56-amd64")
    }

    @Test func modulesComeAfterWhatTheyNeed() throws {
        let needs = ["a": "b,c-d", "b": "e_f", "c_d": "", "e-f": "builtin", "g": "none"]
        for (name, list) in needs {
            try folder.write("m/kernel/x/\(name).ko", text: "ELF \(name)\0depends=\(list)\0more")
        }
        try folder.write("m/modules.builtin", text: "kernel/builtin.ko\n")
        let modules = KernelModules(folder.path + "/m")
        let names = try modules.closure(of: ["a", "b", "builtin"]).map {
            String(decoding: $0.dropFirst(4).prefix { $0 != 0 }, as: UTF8.self)
        }
        #expect(names == ["e-f", "b", "c_d", "a"])
        #expect(throws: AmxError.self) { try modules.closure(of: ["g"]) }
    }

    @Test func archivesAreReadByOthers() throws {
        let archive = InitialFileSystem(first: Array("first".utf8), modules: [Array("one".utf8), Array("other".utf8)])
        let path = try folder.write("archive", archive.bytes)
        let list = try Tool.run("bsdtar", ["--numeric-owner", "-tvf", path]).text
        let lines = list.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return "\(words[0]) \(words[2]) \(words[3]) \(words.last ?? "")"
        }
        #expect(
            lines == [
                "drwxr-xr-x 0 0 dev", "drwxr-xr-x 0 0 proc", "drwxr-xr-x 0 0 groups", "drwxr-xr-x 0 0 root",
                "drwxr-xr-x 0 0 shown",
                "drwxr-xr-x 0 0 modules", "crw------- 0 0 dev/console", "-rwxr-xr-x 0 0 init",
                "-rw-r--r-- 0 0 modules/00.ko", "-rw-r--r-- 0 0 modules/01.ko",
            ])
        #expect(try Tool.run("bsdtar", ["-xOf", path, "modules/01.ko"]).text == "other")
    }

    /// In MiB.
    @Test(arguments: [(1, 256), (128, 256), (129, 512), (384, 512), (1_024, 2_048), (4_096, 8_192)])
    func memoryIsThatOfFewImages(_ program: UInt64, _ guest: UInt64) {
        #expect(VirtualMachine.memory(for: program << 20) == guest << 20)
    }
}
