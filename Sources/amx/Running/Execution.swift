import Capsules
import Guard
import Objects
import Runners
import Workspaces

/// The events of one run: one that it has begun, and one that it has ended (rows U-020 and U-021).
struct Execution {
    private let store: EventStore
    private let stream: EventStream
    private let actor: EventActor
    private let payload: JSONObject

    /// Records that a run begins.
    init(of target: RunTarget, in runnable: RunnableCapsule, _ workspace: Workspace) throws(AmxError) {
        store = try EventStore(workspace)
        stream = EventStream(runnable.manifest.id, of: try workspace.organization())
        actor = .current(workspace)
        payload = [
            "executionId": .string(Directory.temporaryName("run")), "digest": .string(runnable.digest.text),
            "tool": .optional(target.label), "engine": .string(target.engine.rawValue),
            "level": .string(target.level.rawValue),
        ]
        try append(["status": "started"])
    }

    /// Records what it was denied and what it told, and how it has ended.
    func end(_ result: RunResult, _ host: CapsuleHost) throws(AmxError) {
        var progress: [JSONObject] = host.denials.entries.map { ["status": "progress", "denial": .object($0.json)] }
        progress += host.events.map {
            ["status": "progress", "event": ["topic": .string($0.topic), "data": $0.data]]
        }
        for part in progress { try append(part) }
        var members: [(String, JSONValue)] = [
            ("status", result.isSuccess ? "completed" : "failed"), ("outcome", .string(result.outcome.description)),
            ("resources", result.usage.json),
        ]
        if let error = result.error { members.append(("error", .string(String(error.prefix(1_000))))) }
        try append(JSONObject(members))
    }

    private func append(_ more: JSONObject) throws(AmxError) {
        var payload = payload
        for member in more.members { payload[member.key] = member.value }
        try store.append([EventDraft(.executed, in: stream, payload: payload)], by: actor)
    }
}
