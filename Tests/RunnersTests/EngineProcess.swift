import Foundation
import Testing

/// The process of an engine that waits in its sandbox, as the kernel tells of it.
struct EngineProcess {
    private let folder: String

    /// Finds the engine that was started by the name of `program`, in a sandbox that shows a folder.
    init(_ program: String, showing shown: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
        let name = try #require(
            names.first { name in
                guard Self.words(name).hasPrefix(program + "\0") else { return false }
                // Whoever has started it was told what to show.
                return sequence(first: name, next: Self.parent).contains { Self.words($0).contains(shown) }
            })
        folder = "/proc/\(name)"
    }

    /// What it has of memory that is nobody else's, in bytes: pages of libraries, which a control group counts for whoever read them
    /// first, are not in it.
    var memory: UInt64 {
        get throws {
            let lines = try String(contentsOfFile: "\(folder)/status", encoding: .utf8).split(separator: "\n")
            let fields = lines.map { $0.split { $0 == "\t" || $0 == " " } }
            let counts = ["RssAnon:", "RssShmem:", "VmSwap:"].map { name in
                fields.first { $0.first == name[...] }.flatMap { UInt64($0[1]) }
            }
            return try counts.reduce(0) { try $0 + #require($1) } << 10
        }
    }

    private static func words(_ process: String) -> String {
        (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
    }

    private static func parent(of process: String) -> String? {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("PPid:") }
        return line?.split(separator: "\t").last.map(String.init)
    }
}
