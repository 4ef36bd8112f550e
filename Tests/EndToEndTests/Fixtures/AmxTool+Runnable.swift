import Foundation
import TestSupport

extension AmxTool {
    /// A new workspace with one capsule `wc`, whose members of the manifest are some more, and whose files are these.
    static func running(_ members: String, _ files: [String: String]) throws -> AmxTool {
        let work = try AmxTool().workspace()
        try work.develop("wc", members, files)
        return work
    }

    /// Makes a capsule whose members of the manifest are some more, and whose files are these.
    func develop(_ id: String, _ members: String, _ files: [String: String]) throws {
        try json("new", id)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: capsule(id) + "/manifest.json"))
        var manifest = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
        let more = try JSONSerialization.jsonObject(with: Data("{\(members)}".utf8)) as? [String: Any] ?? [:]
        // What runtimes the machine of the tests has is not what is tested.
        manifest["nodeVersion"] = nil
        manifest["pythonVersion"] = nil
        manifest.merge(more) { $1 }
        try write(
            id, "manifest.json", String(decoding: JSONSerialization.data(withJSONObject: manifest), as: UTF8.self))
        for (path, text) in files { try write(id, path, text) }
    }

    /// The payloads of a capsule's events `executed`, in their order.
    func executions(_ id: String = "wc") throws -> [JSONNode] {
        try json("events", id, "--type", "executed")["events"].array.map { $0["payload"] }
    }
}
