import Foundation
import TestSupport

/// A plain git server's repository with `hooks/pre-receive` in it, reached over its path or over `git http-backend`.
struct HookedServer {
    let backend: GitBackendProcess

    /// Starts a server with one repository that takes what the hook lets in.
    init(_ id: String = "demo") throws {
        backend = try GitBackendProcess()
        try create(id)
    }

    /// Makes another such repository.
    func create(_ id: String) throws {
        try backend.create(id)
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("hooks/pre-receive")
        // A server's hook finds amx where its environment says.
        let script = try String(contentsOf: source, encoding: .utf8)
            .replacingOccurrences(of: "amx=${AMX:-amx}", with: "amx=\(Executables.amx)")
        try FileManager.default.createDirectory(
            atPath: (hook(id) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Tool.install(script.utf8, at: hook(id))
    }

    /// The hook's path.
    func hook(_ id: String = "demo") -> String { "\(backend.repository(id))/hooks/pre-receive" }

    /// The repository's path and its URL.
    func addresses(_ id: String = "demo") -> [String] { [backend.repository(id), "\(backend.url)/\(id).git"] }

    /// All refs, a line each.
    func refs(_ id: String = "demo") throws -> String {
        try Tool.git(["for-each-ref", "--format=%(refname) %(objectname)"], in: backend.repository(id))
    }
}
