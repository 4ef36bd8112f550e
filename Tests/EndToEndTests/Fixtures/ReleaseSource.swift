import Foundation
import TestSupport

/// A workspace whose releases others install.
struct ReleaseSource {
    let tool: AmxTool

    /// Makes one in the folder `source` of a user's home.
    init(of user: AmxTool, remote: String? = nil) throws { tool = try user.workspace("source", remote: remote) }

    /// Where it lies.
    var path: String { tool.directory }

    /// Releases a version of a capsule that requires others.
    ///
    /// - Parameter members: further members of the manifest, as JSON without the outer brackets.
    func release(_ id: String, _ version: String, needs: [String: String] = [:], _ members: String = "") throws {
        let list = needs.sorted { $0.key < $1.key }.map { #""\#($0.key)": "\#($0.value)""# }.joined(separator: ", ")
        let rest = members.isEmpty ? "" : ", \(members)"
        try tool.write(
            id, "manifest.json",
            #"{"id": "\#(id)", "name": "\#(id)", "version": "\#(version)", "dependencies": {\#(list)}\#(rest)}"# + "\n")
        try tool.write(id, "knowledge/notes.md", "\(id) \(version)\n")
        try tool.json("commit", id, "-m", version)
        try tool.json("release", id)
    }

    /// Releases `app` 1.0.0 with `lib` 1.0.0 and `leaf` 1.0.0, in a chain.
    func releaseChain() throws {
        try release("leaf", "1.0.0")
        try release("lib", "1.0.0", needs: ["leaf": "^1.0.0"])
        try release("app", "1.0.0", needs: ["lib": "^1.0.0"])
    }
}

extension AmxTool {
    /// What is installed and developed here, an entry a line: `"id 1.0.0"`, with `?` where it is not as the lock says.
    func installed() throws -> [String] {
        try json("status")["capsules"].array.map { capsule in
            let isClean = capsule["state"].string == "clean" && capsule["problem"] == .null
            return "\(capsule["id"].string ?? "") \(capsule["installed"].string ?? "-")\(isClean ? "" : "?")"
        }
    }

    /// The text of a file of the workspace; nil where there is none.
    func text(_ path: String) -> String? { try? String(contentsOfFile: "\(directory)/\(path)", encoding: .utf8) }

    /// The types of the events, with their capsules, in their order.
    func eventTypes() throws -> [String] {
        try json("events")["events"].array.map { "\($0["eventType"].string ?? "") \($0["capsuleId"].string ?? "")" }
    }
}
