import Capsules
import Guard
import Objects
import Runners
import Workspaces

/// The events of one run: one that it has begun, what it told, and one that it has ended (rows U-020 and U-021).
struct Execution {
    private let store: EventStore
    private let stream: EventStream
    private let actor: EventActor
    private let id: String
    private let payload: JSONObject
    private var record: ExecutionRecord
    private let folder: RunFolder

    /// Records that a run begins, durably, before anything of it runs.
    init(
        of target: RunTarget, in runnable: RunnableCapsule, input: JSONValue, approval: String?, _ workspace: Workspace
    ) throws(AmxError) {
        store = try EventStore(workspace)
        stream = EventStream(runnable.manifest.id, of: try workspace.organization())
        actor = .current(workspace)
        record = ExecutionRecord(level: target.level)
        folder = runnable.folder
        id = Directory.temporaryName("run")
        payload = [
            "executionId": .string(id), "digest": .string(runnable.digest.text),
            "tool": .optional(target.label), "engine": .string(target.engine.rawValue),
            "level": .string(target.level.rawValue),
        ]
        try folder.begin(InterruptedExecution(stream: stream, payload: payload), as: id)
        try append([record.start(input: input, approval: approval)])
    }

    /// Records that a capsule is not run at all, since it waits for an approval or is not what the lock says; nothing for any other error.
    static func refuse(_ capsule: WorkspaceCapsule, _ error: AmxError) throws(AmxError) {
        let outcome: RunOutcome
        switch error.code {
        case .denied: outcome = .denied(.approval)
        case .verification: outcome = .setupFailed
        default: return
        }
        let workspace = capsule.workspace
        let draft = EventDraft(
            .executed, in: EventStream(capsule.id, of: try workspace.organization()),
            payload: [
                "executionId": .string(Directory.temporaryName("run")), "digest": .null, "tool": .null, "engine": .null,
                "level": .null, "status": "failed", "outcome": .string(outcome.description),
                "error": .string(String(decoding: error.message.utf8.prefix(2_000), as: UTF8.self)),
            ])
        try EventStore(workspace).append([draft], by: .current(workspace))
    }

    /// Records what it was denied and what it told, and how it has ended, all at once.
    mutating func end(_ result: RunResult, _ host: CapsuleHost?) throws(AmxError) {
        try append(record.end(result, host))
        folder.end(id)
    }

    private func append(_ parts: [JSONObject]) throws(AmxError) {
        let drafts = parts.map { part in
            EventDraft(
                .executed, in: stream,
                payload: JSONObject(
                    payload.members.map { ($0.key, $0.value) } + part.members.map { ($0.key, $0.value) }))
        }
        try store.append(drafts, by: actor)
    }
}
