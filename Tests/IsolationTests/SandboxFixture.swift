import CLinux
import Foundation
import Objects
import TestSupport
import Testing

@testable import Isolation

/// A sandbox that runs small programs, as root launches it with a slot where the tests are root's.
struct SandboxFixture {
    let folder: TemporaryDirectory
    let slot: Slot?
    let launcher: RunningLauncher
    /// The slot's group, where the machine has such.
    let group: ControlGroup?
    private let filter: SystemCallFilter

    /// The worker that was built with the tests.
    static let worker =
        (Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
        ?? Bundle.main.bundleURL).appendingPathComponent("amx-worker").path

    /// What one run gave.
    struct Result {
        var reply: LaunchReply
        var output: String
        var errors: String
    }

    /// As what a launcher is started.
    enum Kind: CaseIterable, Sendable {
        /// As who runs the tests: with a slot where that is root.
        case own
        /// As a user without rights, where the tests are root's and can become one.
        case unprivileged
    }

    /// `isWatched` has the filter of where memory is not held.
    init(_ kind: Kind = .own, isWatched: Bool = false) throws {
        folder = try TemporaryDirectory("amx-sandbox")
        slot = kind == .own && geteuid() == 0 ? try Slot.take() : nil
        filter = try SystemCallFilter(isWatched: isWatched)
        try folder.write("filter", filter.program)
        try folder.write("capsule/secret.txt", text: "of the capsule\n")
        var worker = Self.worker
        if kind == .unprivileged, geteuid() == 0 {
            // The tests may lie where only root can go.
            // By another process: this one may start others while it has the file open, and such a file is busy.
            _ = try Tool.run("/bin/cp", [worker, folder.path + "/worker"], in: folder.path)
            worker = try folder.write(
                "as-nobody",
                text: """
                    #!/bin/sh
                    exec setpriv --reuid 65534 --regid 65534 --clear-groups "$(dirname "$0")/worker" "$@"
                    """, executable: true)
        }
        var group = slot.flatMap { ControlGroup(slot: $0.index) }
        // The group of a slot keeps the limits of whoever had it before.
        try group?.begin(ControlGroup.Limits(memoryBytes: 1 << 40, processes: 4_096, milliprocessors: 64_000))
        launcher = try RunningLauncher(
            worker: worker, slot: slot, group: group,
            showing: [SandboxView.Shown(folder.path + "/capsule", at: "/capsule")])
        self.group = group
    }

    /// Runs a program with the capsule at `/capsule`.
    func run(
        _ program: [String], input: String = "", milliseconds: UInt64 = 60_000, environment: [String: String] = [:],
        limits: ProcessLimits = ProcessLimits(processorSeconds: 60, fileBytes: 1 << 24, openFiles: 256, processes: 64),
        watched: UInt64? = nil
    ) throws -> Result {
        var view = SandboxView(
            shown: [SandboxView.Shown(folder.path + "/capsule", at: "/capsule")],
            environment: ["PATH": "/usr/bin"], directory: "/capsule", temporaryBytes: 16 << 20)
        view.environment.merge(environment) { $1 }
        let look = watched.map { LaunchRequest.Watched(bytes: $0, processes: limits.processes) }
        var limits = limits
        // As for a user who has other processes, which would count.
        if look != nil, slot == nil { limits.processes = .max }
        let request = LaunchRequest(
            path: "/usr/bin/bwrap",
            arguments: Bubblewrap(view, madeIn: slot?.folder).arguments(running: program),
            environment: view.environment, milliseconds: milliseconds, limits: limits, watched: look)
        try folder.write("input", text: input)
        let descriptors = try ["input", "output", "errors", "filter"].map { name in
            let isRead = name != "output" && name != "errors"
            let descriptor = open(
                folder.path + "/" + name, (isRead ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC) | O_CLOEXEC, 0o600)
            try #require(descriptor >= 0)
            return descriptor
        }
        defer { for descriptor in descriptors { close(descriptor) } }
        try launcher.begin(
            request, input: descriptors[0], output: descriptors[1], errors: descriptors[2],
            filter: descriptors[3])
        return Result(
            reply: try launcher.answer(), output: String(decoding: try folder.read("output"), as: UTF8.self),
            errors: String(decoding: try folder.read("errors"), as: UTF8.self))
    }

    /// Runs lines of a shell.
    func shell(_ lines: String, milliseconds: UInt64 = 60_000, watched: UInt64? = nil) throws -> Result {
        try run(["/usr/bin/sh", "-c", lines], milliseconds: milliseconds, watched: watched)
    }

    /// Runs lines of Python.
    func python(_ lines: String, milliseconds: UInt64 = 60_000, watched: UInt64? = nil) throws -> Result {
        try run(["/usr/bin/python3", "-I", "-c", lines], milliseconds: milliseconds, watched: watched)
    }
}
