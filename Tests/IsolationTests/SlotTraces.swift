import Foundation
import TestSupport

@testable import Isolation

/// What there is of a slot on the machine.
struct SlotTraces: Hashable {
    /// The processes of its user. Zombies whose launcher was killed are the system's, and go when its first process notices them.
    var processes: [Int32]
    /// The processes in its control groups, and the folders below these.
    var groups: [String]
    /// What lies in its folder, and beside it under its number.
    var files: [String]

    init(of slot: Slot) {
        processes = Self.processes(of: slot.user)
        let folders = Set(
            ["memory", "pids", "cpu", "cpuacct", ""].map { "/sys/fs/cgroup/\($0)/amx/slot-\(slot.index)" }
        ).filter { FileManager.default.fileExists(atPath: $0) }
        groups = folders.flatMap { folder in
            Self.names(folder).filter { name in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
                    && isFolder.boolValue
            } + [(FileText.read("\(folder)/cgroup.procs") ?? "").replacingOccurrences(of: "\n", with: " ")]
        }.sorted()
        let place = slot.folder.prefix(upTo: slot.folder.lastIndex(of: "/") ?? slot.folder.endIndex)
        files =
            Self.names(slot.folder)
            + Self.names(String(place)).filter { $0.split(separator: ".")[0] == "\(slot.index)" }
    }

    /// The processes of a user, in order; zombies only where they are asked for.
    static func processes(of user: UInt32, withZombies: Bool = false) -> [Int32] {
        names("/proc").compactMap { Int32($0) }.filter { process in
            let lines = (FileText.read("/proc/\(process)/status") ?? "").split(separator: "\n")
            guard lines.contains(where: { $0.hasPrefix("Uid:\t\(user)\t") }) else { return false }
            return withZombies || !lines.contains { $0.hasPrefix("State:\tZ") || $0.hasPrefix("State:\tX") }
        }.sorted()
    }

    /// The processes that a process has started and not waited for, zombies too.
    static func children(of process: Int32) -> [Int32] {
        names("/proc/\(process)/task").flatMap { thread in
            (FileText.read("/proc/\(process)/task/\(thread)/children") ?? "").split(separator: " ")
        }.compactMap { Int32($0) }.sorted()
    }

    /// Where the descriptors of a process lead, by their numbers.
    static func descriptors(of process: Int32) -> [String] {
        names("/proc/\(process)/fd").map { name in
            let target =
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(name)")) ?? ""
            // Those of sockets and pipes are others each time; and what a process has from who started it may be removed meanwhile.
            return "\(name) \(target.prefix { $0 != "[" }.replacing(" (deleted)", with: ""))"
        }.filter { !$0.hasSuffix("/fd") && !$0.hasSuffix(" ") }.sorted()
    }

    private static func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
