import Capsules
import Objects

/// An operation on a workspace's capsules, written down before it starts: `docs/lifecycle.md`, "An operation".
///
/// A process that comes after one that was killed in between brings the operation to its end with what stands here.
struct OperationNote: Sendable, Hashable {
    /// No capsule's id looks like this.
    static let name = "@operation"
    private static let schema: Int64 = 1
    /// That of a note with a member which the first version would pass over.
    private static let schemaWithFiles: Int64 = 2
    /// The largest note: a lock of its largest size, as much again, and the approvals of all that it names.
    static let byteLimit = 2 * WorkspaceLock.byteLimit + Approvals.byteLimit
    // What is granted lies as deep as in the approvals' own file.
    private static let depth = Approvals.depth

    /// A repository that comes to its place in the store.
    struct Arrival: Sendable, Hashable {
        let id: CapsuleID
        let from: HeldRepository
    }

    /// A working form that changes.
    struct Step: Sendable, Hashable {
        let id: CapsuleID
        let transition: Transition
    }

    /// A capsule that leaves the workspace.
    struct Departure: Sendable, Hashable {
        let id: CapsuleID
        /// What its working form was made from.
        let commit: ObjectID
    }

    /// An event that is appended once.
    struct NotedEvent: Sendable, Hashable {
        let stream: EventStream
        let type: EventType
        let payload: JSONObject
        /// The version of the stream before the operation.
        let after: Int64
    }

    /// The commit of the operations' log.
    var operation: ObjectID
    /// What comes to the store, before anything else.
    var arrivals: [Arrival] = []
    /// What changes.
    var steps: [Step] = []
    /// How the workspace's own files change, after all of ``steps``; nil where no transition changes them.
    var files: Transition?
    /// What goes.
    var departures: [Departure] = []
    /// The new bytes of `amx.json`; nil where it stays.
    var manifest: [UInt8]?
    /// The new bytes of `amx.lock`; nil where it stays, none where it goes.
    var lock: [UInt8]?
    /// What is recorded.
    var events: [NotedEvent] = []
    /// What becomes of the approvals.
    var approvals = ApprovalChange()

    /// The note's bytes.
    var encoded: [UInt8] {
        var object: JSONObject = [
            "schema": .integer(files == nil ? Self.schema : Self.schemaWithFiles), "operation": .string(operation.hex),
            "arrivals": .array(
                arrivals.map { ["id": .string($0.id.string), "from": .string($0.from.rawValue)] }),
            "steps": .array(
                steps.map {
                    [
                        "id": .string($0.id.string),
                        "transition": .string(String(decoding: $0.transition.encoded, as: UTF8.self)),
                    ]
                }),
            "departures": .array(
                departures.map { ["id": .string($0.id.string), "commit": .string($0.commit.hex)] }),
            "events": .array(events.map(Self.json)),
        ]
        if !approvals.isEmpty {
            object["approvals"] = .array(approvals.approvals.map(\.json))
            object["pendingHooks"] = .array(approvals.hooks.map(\.json))
            object["pendingHooksOf"] = .strings(approvals.capsules.map(\.string))
        }
        object["files"] = files.map { .string(String(decoding: $0.encoded, as: UTF8.self)) }
        object["manifest"] = manifest.map { .string(String(decoding: $0, as: UTF8.self)) }
        object["lock"] = lock.map { .string(String(decoding: $0, as: UTF8.self)) }
        return JSONWriter.bytes(.object(object), .canonicalPretty)
    }

    private static func json(_ event: NotedEvent) -> JSONValue {
        [
            "capsule": .string(event.stream.capsule.string), "organization": .string(event.stream.organization),
            "type": .string(event.type.name), "payload": .object(event.payload), "after": .integer(event.after),
        ]
    }

    /// Describes an operation.
    init(operation: ObjectID) { self.operation = operation }

    /// Reads the note of an operation that was cut off; nil for a part of one: then nothing had begun.
    ///
    /// `.failure` for a note that is whole and not understood, which may be a newer version's: without it the operation would stay half done.
    static func read(_ bytes: [UInt8], at path: String) throws(AmxError) -> OperationNote? {
        if let note = OperationNote(bytes) { return note }
        guard let note = try? JSONParser.parse(bytes, maximumDepth: depth), note.object != nil else { return nil }
        let isNewer = note["schema"]?.integer.map { $0 > schemaWithFiles } ?? false
        throw AmxError(
            .failure,
            isNewer
                ? "an operation was cut off that a newer version of Amx had begun" : "\(path) cannot be understood",
            hint: isNewer
                ? "run any command of that version here, which brings it to its end"
                : "it says how an operation that was cut off comes to its end: restore it, or remove it and look at `amx status`"
        )
    }

    /// Reads a note; nil for anything else, and for a part of one.
    init?(_ bytes: [UInt8]) {
        func id(_ value: JSONValue) -> CapsuleID? { value["id"]?.string.flatMap { try? CapsuleID($0) } }
        guard let note = try? JSONParser.parse(bytes, maximumDepth: Self.depth),
            let schema = note["schema"]?.integer, [Self.schema, Self.schemaWithFiles].contains(schema),
            (schema == Self.schemaWithFiles) == (note["files"] != nil),
            let operation = note["operation"]?.string.flatMap({ ObjectID(hex: $0) }),
            let arrivals = note["arrivals"]?.array, let steps = note["steps"]?.array,
            let departures = note["departures"]?.array, let events = note["events"]?.array
        else { return nil }
        self.operation = operation
        for value in arrivals {
            guard let id = id(value), let from = value["from"]?.string.flatMap(HeldRepository.init) else { return nil }
            self.arrivals.append(Arrival(id: id, from: from))
        }
        for value in steps {
            guard let id = id(value), let text = value["transition"]?.string,
                let transition = Transition(Array(text.utf8))
            else { return nil }
            self.steps.append(Step(id: id, transition: transition))
        }
        if let text = note["files"] {
            guard let transition = text.string.flatMap({ Transition(Array($0.utf8)) }) else { return nil }
            files = transition
        }
        for value in departures {
            guard let id = id(value), let commit = value["commit"]?.string.flatMap({ ObjectID(hex: $0) }) else {
                return nil
            }
            self.departures.append(Departure(id: id, commit: commit))
        }
        for value in events {
            guard let capsule = value["capsule"]?.string.flatMap({ try? CapsuleID($0) }),
                let organization = value["organization"]?.string,
                let type = value["type"]?.string.flatMap({ EventType($0) }), let payload = value["payload"]?.object,
                let after = value["after"]?.integer
            else { return nil }
            self.events.append(
                NotedEvent(
                    stream: EventStream(capsule, of: organization), type: type, payload: payload, after: after))
        }
        for value in note["approvals"]?.array ?? [] {
            guard let approval = Approval(value) else { return nil }
            approvals.approvals.append(approval)
        }
        for value in note["pendingHooks"]?.array ?? [] {
            guard let hook = PendingHook(value) else { return nil }
            approvals.hooks.append(hook)
        }
        for value in note["pendingHooksOf"]?.array ?? [] {
            guard let id = value.string.flatMap({ try? CapsuleID($0) }) else { return nil }
            approvals.capsules.append(id)
        }
        manifest = note["manifest"]?.string.map { Array($0.utf8) }
        lock = note["lock"]?.string.map { Array($0.utf8) }
    }
}
