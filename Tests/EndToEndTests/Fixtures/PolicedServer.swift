import Foundation
import TestSupport

/// A bare repository with `hooks/pre-receive`, in a server's own environment, and a working copy of its capsule.
struct PolicedServer {
    let backend: GitBackendProcess
    let work: GitCopy
    /// The hook's path.
    let hook: String

    /// Makes them; `variables` are set for the hook, as a server's environment would.
    init(hook name: String = "hooks/pre-receive", variables: [String: String] = [:]) throws {
        backend = try GitBackendProcess()
        try backend.create("demo")
        work = try GitCopy(capsule: "demo")
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("hooks/pre-receive")
        // A server's hook finds amx where its environment says.
        let settings = variables.merging(["AMX": Executables.amx]) { $1 }.map { "\($0)='\($1)'\n" }.joined()
        let script = try String(contentsOf: source, encoding: .utf8)
            .replacingOccurrences(of: "set -eu\n", with: "set -eu\n\(settings)")
        hook = "\(backend.repository("demo"))/\(name)"
        try Self.install(script, at: hook)
    }

    /// Writes a script that can be run.
    static func install(_ script: String, at path: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Tool.install(script.utf8, at: path)
    }

    /// The bare repository's folder.
    var repository: String { backend.repository("demo") }

    /// The ways to it: its path, and its address.
    var addresses: [String] { [repository, "\(backend.url)/demo.git"] }

    func refs() throws -> String {
        try Tool.git(["for-each-ref", "--format=%(refname) %(objectname)"], in: repository)
    }
}
