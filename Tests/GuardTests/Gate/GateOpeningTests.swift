import CLinux
import Capsules
import Foundation
import Glibc
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Guard

@Suite("Gate: opening files")
struct GateOpeningTests {
    /// A gate that reads and writes `src`, and only reads `read` and writes `write`.
    static func gate(_ field: GateFileTests.Field, opener: PathOpener = .kernel) throws -> ManifestGate {
        let manifest = try GateFixture.manifest(
            #""capabilities": {"fsRead": ["cwd://src", "cwd://other"], "fsWrite": ["cwd://src", "cwd://new"]}"#)
        return ManifestGate(
            capsule: "probe",
            declared: [DeclaredCapabilities(place: "capabilities", capabilities: manifest.capabilities)],
            allowsNetwork: true,
            resolver: PathResolver(workspace: field.workspace, home: nil, opener: opener))
    }

    static func code(_ body: () throws(AmxError) -> Void) -> AmxError.Code? {
        do throws(AmxError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("reads, writes, makes and empties what is allowed, and no more than that")
    func use() throws {
        let field = try GateFileTests.Field()
        let gate = try Self.gate(field)
        #expect(try gate.openFile("cwd://src/deep/er/b", for: .read).readToEnd() == Array("ws/src/deep/er/b".utf8))
        #expect(try gate.openFile("cwd://in/a", for: .read).readToEnd() == Array("ws/src/a".utf8))
        try gate.openFile("cwd://src/a", for: .write).write(Array("WS".utf8))
        #expect(try field.folder.read("ws/src/a") == Array("WS/src/a".utf8))
        try gate.openFile("cwd://src/a", for: .write, truncating: true).write(Array("x".utf8))
        #expect(try field.folder.read("ws/src/a") == Array("x".utf8))
        try gate.openFile("cwd://src/new", for: .write).write(Array("new".utf8))
        #expect(try field.folder.read("ws/src/new") == Array("new".utf8))
        // Neither way of opening gives the other (row S-079).
        let writer = try gate.openFile("cwd://src/new", for: .write)
        #expect(throws: AmxError.self) { try writer.readToEnd() }
        let reader = try gate.openFile("cwd://src/new", for: .read)
        #expect(throws: AmxError.self) { try reader.write([1]) }
        #expect(fcntl(reader.descriptor, F_GETFD) & FD_CLOEXEC != 0)

        #expect(Self.code { () throws(AmxError) in _ = try gate.openFile("cwd://src/none", for: .read) } == .notFound)
        #expect(
            Self.code { () throws(AmxError) in _ = try gate.openFile("cwd://src/none", for: .write, creating: false) }
                == .notFound)
        #expect(Self.code { () throws(AmxError) in _ = try gate.openFile("cwd://new/none", for: .write) } == .notFound)
        #expect(Self.code { () throws(AmxError) in _ = try gate.openFile("cwd://src/a/b", for: .write) } == .failure)
        #expect(Self.code { () throws(AmxError) in _ = try gate.openFile("cwd://src/deep", for: .write) } == .failure)
        #expect(Self.code { () throws(AmxError) in _ = try gate.openFile("cwd://other/c", for: .write) } == .denied)
        #expect(Self.code { () throws(AmxError) in _ = try gate.openFile("cwd://new", for: .read) } == .denied)
        #expect(
            Self.code { () throws(AmxError) in _ = try gate.openFile("cwd://link/hostname", for: .read) } == .denied)
        #expect(!FileManager.default.fileExists(atPath: field.path("@/ws/src/none")))
        // A folder can be read as one.
        let folder = try gate.openFile("cwd://src", for: .read)
        #expect(try folder.status().st_mode & S_IFMT == S_IFDIR)
    }

    @Test("opens no pipe, no socket and no device, and waits for none")
    func kinds() throws {
        let field = try GateFileTests.Field()
        let gate = try Self.gate(field)
        #expect(mkfifo(field.path("@/ws/src/pipe"), 0o644) == 0)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The address has room for few bytes: the path is short by way of the working folder of none, through /proc.
        let parent = Glibc.open(field.path("@/ws/src"), O_RDONLY | O_DIRECTORY)
        defer { close(parent) }
        withUnsafeMutableBytes(of: &address.sun_path) {
            $0.copyBytes(from: Array("/proc/self/fd/\(parent)/socket".utf8))
        }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        #expect(isBound)
        for access in FileAccess.allCases {
            for name in ["pipe", "socket"] {
                let error = #expect(throws: AmxError.self) { _ = try gate.openFile("cwd://src/\(name)", for: access) }
                #expect(error?.code == .denied && error?.message.contains("neither a file nor a folder") == true)
            }
        }
        let devices = try GateFixture.gate(#""fsRead": ["/dev/null"], "fsWrite": ["/dev"]"#)
        #expect(throws: AmxError.self) { _ = try devices.openFile("/dev/null", for: .read) }
        #expect(throws: AmxError.self) { _ = try devices.openFile("/dev/null", for: .write) }
    }

    /// Puts something in place of something else between the gate's look at a path and its use.
    static func swapping(_ field: GateFileTests.Field, after calls: Int, _ swap: @escaping @Sendable () -> Void)
        -> PathOpener
    {
        let count = Mutex(0)
        return PathOpener { folder, path, flags, mode, rules in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == calls + 1 { swap() }
            return PathOpener.kernel.call(folder, path, flags, mode, rules)
        }
    }

    /// Undoes a swap, if there was one.
    static func restore(_ victim: String, in field: GateFileTests.Field) {
        var status = stat()
        guard lstat(field.path("@/\(victim)"), &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return }
        unlink(field.path("@/\(victim)"))
        rename(field.path("@/ws/moved"), field.path("@/\(victim)"))
    }

    @Test("never opens what a link was swapped in for, whenever that happens", arguments: FileAccess.allCases)
    func swaps(access: FileAccess) throws {
        // What is swapped: the file itself, its folder, the declared folder.
        let swaps: [(victim: String, link: String)] = [
            ("ws/src/deep/er/b", "../../../../out/exact.txt"), ("ws/src/deep/er", "../../../out"), ("ws/src", "../out"),
            ("ws/src", "/etc"),
        ]
        var opened = 0
        var denied = 0
        let field = try GateFileTests.Field()
        try field.folder.write("out/b", text: "out/b")
        try field.folder.write("out/deep/er/b", text: "out/deep/er/b")
        for (victim, link) in swaps {
            for calls in 0..<16 {
                defer { Self.restore(victim, in: field) }
                let opener = Self.swapping(field, after: calls) {
                    rename(field.path("@/\(victim)"), field.path("@/ws/moved"))
                    symlink(link, field.path("@/\(victim)"))
                }
                let gate = try Self.gate(field, opener: opener)
                do throws(AmxError) {
                    let file = try gate.openFile("cwd://src/deep/er/b", for: access, creating: true, truncating: false)
                    // Only what stood there when it was checked.
                    var name = [CChar](repeating: 0, count: 4096)
                    readlink("/proc/self/fd/\(file.descriptor)", &name, name.count - 1)
                    let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                    #expect(path.hasPrefix(field.workspace + "/"), "\(victim) \(calls) \(path)")
                    if access == .read {
                        #expect(try file.readToEnd() == Array("ws/src/deep/er/b".utf8), "\(victim) \(calls)")
                    }
                    opened += 1
                } catch {
                    denied += 1
                }
                #expect(try field.folder.read("out/b") == Array("out/b".utf8))
                #expect(try field.folder.read("out/exact.txt") == Array("out/exact.txt".utf8))
            }
        }
        // Both happen: swaps before the first look, between any two, and after the last.
        #expect(opened > 0 && denied > 0, "\(opened) opened, \(denied) denied")
    }

    @Test("never makes a file where a link was swapped in for its folder or for itself")
    func swappedNewFiles() throws {
        let field = try GateFileTests.Field()
        for link in ["../../out", "../../out/planted"] {
            for calls in 0..<16 {
                let victim = link.hasSuffix("planted") ? "ws/src/new" : "ws/src/deep"
                defer {
                    Self.restore(victim, in: field)
                    unlink(field.path("@/ws/src/new"))
                    unlink(field.path("@/ws/src/deep/planted"))
                }
                let opener = Self.swapping(field, after: calls) {
                    rename(field.path("@/\(victim)"), field.path("@/ws/moved"))
                    symlink(link, field.path("@/\(victim)"))
                }
                let gate = try Self.gate(field, opener: opener)
                let path = link.hasSuffix("planted") ? "cwd://src/new" : "cwd://src/deep/planted"
                _ = try? gate.openFile(path, for: .write).write([1])
                #expect(!FileManager.default.fileExists(atPath: field.path("@/out/planted")), "\(link) \(calls)")
            }
        }
    }

    @Test("opens no pipe that is made where a file was about to be")
    func pipeMeanwhile() throws {
        let field = try GateFileTests.Field()
        let reader = Mutex<Int32>(-1)
        defer { close(reader.withLock { $0 }) }
        let opener = PathOpener { folder, path, flags, mode, rules in
            if flags & O_CREAT != 0, reader.withLock({ $0 }) < 0 {
                mkfifo(field.path("@/ws/src/new"), 0o644)
                // Somebody reads it, so that opening it for writing would not wait.
                reader.withLock { $0 = Glibc.open(field.path("@/ws/src/new"), O_RDONLY | O_NONBLOCK) }
            }
            return PathOpener.kernel.call(folder, path, flags, mode, rules)
        }
        let gate = try Self.gate(field, opener: opener)
        let error = #expect(throws: AmxError.self) { _ = try gate.openFile("cwd://src/new", for: .write) }
        #expect(error?.message.contains("neither a file nor a folder") == true)
        #expect(reader.withLock { $0 } >= 0)
    }

    @Test("holds while another thread swaps a folder and a link without end")
    func race() throws {
        let field = try GateFileTests.Field()
        try field.folder.write("out/er/b", text: "out")
        let gate = try Self.gate(field)
        #expect(symlink("../../out", field.path("@/ws/src/evil")) == 0)
        let isOver = Mutex(false)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while !isOver.withLock({ $0 }) {
                _ = amx_rename_exchange(field.path("@/ws/src/deep"), field.path("@/ws/src/evil"))
            }
            ended.signal()
        }
        for _ in 0..<3000 {
            guard let file = try? gate.openFile("cwd://src/deep/er/b", for: .read) else { continue }
            #expect(try file.readToEnd() == Array("ws/src/deep/er/b".utf8))
        }
        isOver.withLock { $0 = true }
        ended.wait()
    }

    @Test("asks again where the kernel saw something move, and not without end")
    func again() throws {
        let field = try GateFileTests.Field()
        // How often in four the kernel says so.
        for (busy, isAllowed) in [(3, true), (4, false)] {
            let count = Mutex(0)
            let opener = PathOpener { folder, path, flags, mode, rules in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return number % 4 < busy ? -EAGAIN : PathOpener.kernel.call(folder, path, flags, mode, rules)
            }
            let gate = try Self.gate(field, opener: opener)
            let denial = GateFixture.denial { () throws(AccessDenial) in try gate.checkFile("cwd://src/a", for: .read) }
            #expect((denial == nil) == isAllowed)
            if let denial { #expect(denial.reason.hasSuffix("it was moved while it was looked at")) }
        }
    }

    @Test("leaves no descriptor open")
    func descriptors() throws {
        let field = try GateFileTests.Field()
        let counts = Mutex((opened: 0, open: [Int32]()))
        let opener = PathOpener { folder, path, flags, mode, rules in
            let descriptor = PathOpener.kernel.call(folder, path, flags, mode, rules)
            if descriptor >= 0 {
                counts.withLock {
                    $0.opened += 1
                    $0.open.append(descriptor)
                }
            }
            return descriptor
        }
        do {
            let gate = try Self.gate(field, opener: opener)
            for path in [
                "cwd://src/a", "cwd://dangling/x", "cwd://link", "cwd://loop", "cwd://src/new/er", "cwd://other/c",
            ] {
                _ = try? gate.checkFile(path, for: .write)
                _ = try? gate.openFile(path, for: .read).readToEnd()
            }
        }
        // A number can be another file's by now, but none is one of these places'.
        let numbers = counts.withLock { $0.open }
        #expect(!numbers.isEmpty)
        for number in Set(numbers) {
            var name = [CChar](repeating: 0, count: 4096)
            readlink("/proc/self/fd/\(number)", &name, name.count - 1)
            let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            #expect(!path.hasPrefix(field.folder.path), "\(path)")
        }
    }
}
