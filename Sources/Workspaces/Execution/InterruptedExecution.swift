package import Capsules
import Objects

/// A run that has begun and whose end nobody may have recorded: its process was killed.
///
/// It is kept beside the run's files for as long as it runs, and whoever removes what a killed process has left records its end.
package struct InterruptedExecution: Sendable, Hashable {
    /// Whose events the run's are.
    package let stream: EventStream
    /// What all events of the run say.
    package let payload: JSONObject

    /// The longest record of one.
    static let byteLimit = 64 << 10

    package init(stream: EventStream, payload: JSONObject) { (self.stream, self.payload) = (stream, payload) }

    /// Reads the form of ``bytes``; nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONParser.parse(bytes), let name = value["capsule"]?.string,
            let capsule = try? CapsuleID(name), let organization = value["organization"]?.string,
            let payload = value["payload"]?.object
        else { return nil }
        self.init(stream: EventStream(capsule, of: organization), payload: payload)
    }

    var bytes: [UInt8] {
        JSONWriter.bytes([
            "capsule": .string(stream.capsule.string), "organization": .string(stream.organization),
            "payload": .object(payload),
        ])
    }

    /// Records its end, if its beginning was recorded and its end was not.
    func conclude(in workspace: Workspace) throws(AmxError) {
        guard let id = payload["executionId"]?.string else { return }
        var query = EventQuery(stream)
        query.types = [.executed]
        var (hasBegun, hasEnded) = (false, false)
        var reader = EventReader(workspace)
        try reader.read(query) { event in
            guard event.payload["executionId"]?.string == id else { return }
            switch event.payload["status"]?.string {
            case "started": hasBegun = true
            case "completed", "failed": hasEnded = true
            default: break
            }
        }
        guard hasBegun, !hasEnded else { return }
        let end: [(String, JSONValue)] = [
            ("status", "failed"), ("outcome", "signal(9)"), ("error", "amx was killed while it ran"),
        ]
        let draft = EventDraft(
            .executed, in: stream, payload: JSONObject(payload.members.map { ($0.key, $0.value) } + end))
        try EventStore(workspace).append([draft], by: .system)
    }
}
