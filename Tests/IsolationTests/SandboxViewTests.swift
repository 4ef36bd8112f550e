import Foundation
import Objects
import TestSupport
import Testing

@testable import Isolation

/// What a program sees: the same whether its launcher has made it or bubblewrap.
@Suite(.onTestThreads) struct SandboxViewTests {
    /// All of what is mounted: where, and whether it can be written.
    private static let mounts = "cut -d' ' -f5,6 /proc/self/mountinfo | sed 's/,.*//' | sort"
    private static let devices = ["full", "null", "random", "tty", "urandom", "zero"]

    @Test(arguments: SandboxFixture.Kind.allCases) func nothingElseCanBeWritten(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        let mounts = try sandbox.shell(Self.mounts).output.split(separator: "\n").map(String.init)
        let writable = mounts.filter { !$0.hasSuffix(" ro") }.map { $0.split(separator: " ")[0] }
        #expect(Set(writable) == Set((["pts", "shm"] + Self.devices).map { "/dev/\($0)" } + ["/tmp"]))
        #expect(Set(mounts).isSuperset(of: ["/ ro", "/capsule ro", "/dev ro", "/proc ro", "/usr ro"]))
    }

    @Test(arguments: SandboxFixture.Kind.allCases) func itIsTheSameForAll(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        let seen = try sandbox.shell(
            """
            ls /; readlink /lib /lib64 /bin; ls /etc; ls /dev | grep -v core; readlink /dev/fd /dev/stdout /dev/ptmx
            head -c 3 /dev/zero | wc -c; head -c 3 /dev/urandom | wc -c; echo x > /dev/null; ls -A /dev/shm /tmp
            """)
        let expected = [
            ["bin", "capsule", "dev", "etc", "lib", "lib64", "proc", "tmp", "usr"],
            ["usr/lib", "usr/lib64", "usr/bin"],
            ["alternatives", "ld.so.cache"],
            [
                "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom",
                "zero",
            ],
            ["/proc/self/fd", "/proc/self/fd/1", "pts/ptmx"], ["3", "3", "/dev/shm:", "", "/tmp:"],
        ]
        #expect(seen.output == expected.joined().joined(separator: "\n") + "\n")
        #expect(seen.errors == "")
    }

    @Test(arguments: SandboxFixture.Kind.allCases) func thereIsNoNetwork(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        let devices = try sandbox.shell("cut -d: -f1 /proc/net/dev | tail -n +3; cat /proc/net/route | tail -n +2")
        #expect(devices.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == ["lo"])
        // Not the host's either, of which a name would be seen here.
        let own = try sandbox.shell("readlink /proc/self/ns/net").output
        let hosts = try Tool.run("readlink", ["/proc/self/ns/net"]).text
        #expect(own.hasPrefix("net:[") && own != hosts)
    }

    /// Programs that talk to a terminal make one of their own.
    @Test(arguments: SandboxFixture.Kind.allCases) func terminalsCanBeMade(_ kind: SandboxFixture.Kind) throws {
        let sandbox = try SandboxFixture(kind)
        let lines = "import os\na, b = os.openpty()\nos.write(a, b'x\\n')\nprint(os.ttyname(b), os.read(b, 9))"
        for _ in 0..<2 { #expect(try sandbox.python(lines).output == "/dev/pts/0 b'x\\n'\n") }
    }

    // MARK: What is shown beside the system's own

    private static func show(_ targets: [String], from folder: TemporaryDirectory) throws -> Sandbox {
        let shown = targets.map { target in
            SandboxView.Shown(folder.path + (target.hasSuffix(".txt") ? "/b.txt" : "/b"), at: target)
        }
        return try Sandbox(worker: SandboxFixture.worker, showing: folder.path + "/capsule", with: shown)
    }

    private static func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory("amx-view")
        for name in ["capsule/inner/a.txt", "b/b.txt", "b.txt"] { try folder.write(name, text: name) }
        return folder
    }

    @Test(arguments: ["/b", "/amx/b", "/capsule/inner", "/a/b/c/d.txt", "/c.txt", "/b/"])
    func filesAndFoldersAreShown(_ target: String) throws {
        let folder = try Self.folder()
        let sandbox = try Self.show([target], from: folder)
        let path = target.hasSuffix(".txt") ? target : "\(target)/b.txt"
        let result = try sandbox.run(["/usr/bin/cat", path], limits: SandboxLimits())
        #expect(String(decoding: result.output, as: UTF8.self) == (target.hasSuffix(".txt") ? "b.txt" : "b/b.txt"))
    }

    /// Nothing is made at the places from which something is shown, nor anywhere else.
    @Test(
        .enabled(if: geteuid() == 0, "only root's launchers make anything"),
        arguments: [
            "/capsule/new", "/usr/amx-new/b", "/bin/amx-new", "/../b", "/a/../../b", "/./b", "/",
        ])
    func otherTargetsAreRefused(_ target: String) throws {
        let folder = try Self.folder()
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        let sandbox = try Self.show([target], from: folder)
        #expect(throws: AmxError.self) { try sandbox.run(["/usr/bin/true"], limits: SandboxLimits()) }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
        #expect(access("/usr/amx-new", F_OK) != 0 && access("/usr/bin/amx-new", F_OK) != 0)
    }
}
