import CLinux
import Foundation
import Objects
import TestSupport
import Testing

@testable import Isolation

/// What the first process of a guest does while its program runs, and how it comes to its end.
@Suite(
    "Isolation: the first process of a guest", .onTestThreads,
    .enabled(if: MachineFixture.isPossible, MachineFixture.comment))
struct GuestProcessTests {
    private let folder: TemporaryDirectory
    private let sandbox: Sandbox
    /// Emulated processors are slow, and the machine may be busy.
    private static let limits = SandboxLimits(milliseconds: 120_000)

    init() throws {
        folder = try TemporaryDirectory("amx-guest")
        try folder.write("capsule/text.txt", text: "of the capsule\n")
        sandbox = try Sandbox(
            worker: SandboxFixture.worker, showing: folder.path + "/capsule", machine: try MachineFixture.machine())
    }

    /// Processes that have ended and whose own parents have too are not kept: they would count as if they ran.
    @Test func orphansThatHaveEndedLeaveRoom() throws {
        var limits = Self.limits
        limits.processes = 16
        let result = try sandbox.run(
            [
                "/usr/bin/python3", "-I", "-c",
                """
                import os, time
                def orphan():
                    child = os.fork()
                    if child == 0:
                        if os.fork() == 0: os._exit(0)
                        os._exit(0)
                    os.waitpid(child, 0)
                for count in range(100):
                    for wait in range(100):
                        try:
                            orphan()
                            break
                        except OSError: time.sleep(0.01)
                    else:
                        print(count)
                        os._exit(1)
                os._exit(7)
                """,
            ], limits: limits)
        #expect(result.ending == .exited(7), "\(result)")
    }

    /// A supervisor that is done with its program does not listen any more.
    @Test(arguments: [
        // It waits for the end of its channel, as an engine does.
        ("import os\nos.write(6, b'.')\nos.read(6, 1)\nprint('left')", false),
        (Self.filling, false), (Self.filling, true),
        // It writes on until it is told that nobody reads it.
        (
            "import os\nos.write(6, b'.')\ntry:\n    while True: os.write(6, b'x' * 1000)\nexcept BrokenPipeError: print('left')",
            false
        ),
    ])
    func nobodyNeedListen(_ lines: String, _ isOpen: Bool) throws {
        var sockets: [Int32] = [-1, -1]
        try #require(amx_stream_sockets(&sockets) == 0)
        var limits = Self.limits
        limits.milliseconds = 90_000
        let program = try sandbox.start(
            ["/usr/bin/python3", "-I", "-c", lines], input: [], channel: sockets[1], limits: limits)
        close(sockets[1])
        var said: UInt8 = 0
        while !program.isEnded(watching: [sockets[0]], milliseconds: 500),
            recv(sockets[0], &said, 1, Int32(MSG_DONTWAIT)) != 1
        {}
        if !isOpen { close(sockets[0]) }
        let result = try program.wait()
        if isOpen { close(sockets[0]) }
        #expect(result.ending == .exited(0), "\(result.ending)")
        #expect(result.output == Array("left\n".utf8))
    }

    /// Fills what nobody reads.
    private static let filling = """
        import os
        os.write(6, b'.')
        os.set_blocking(6, False)
        try:
            while True: os.write(6, b'x' * 1000)
        except OSError: pass
        print('left')
        """

    @Test func aLongNameIsToldInPart() throws {
        let path = "/usr/bin/" + String(repeating: "long/", count: 800)
        let result = try sandbox.run([path], limits: Self.limits)
        #expect(result.ending == .setupFailed)
        let said = String(decoding: result.errors, as: UTF8.self)
        #expect(said.utf8.count < 300 && said.utf8.allSatisfy { $0 != 0 }, "\(said.debugDescription)")
        #expect(said.hasPrefix("/usr/bin/long/long/") && said.hasSuffix(": No such file or directory\n"))
    }
}
