package import Capsules
package import Objects

/// One row of seed 000's table of installations (row A-072), as the events of a capsule and an organisation lead to it: a pure fold.
///
/// Unlike the projection (rows ), which passes over accesses and errors, it counts them.
package struct InstallationRecord: Sendable, Hashable {
    /// `installation_status` of the seed, with `removed`, which its projection writes; `pending` without an event that says another.
    package private(set) var status = "pending"
    /// `capsule_status` of the seed.
    package private(set) var capsuleStatus = "active"
    /// The version; nil where no event has said one.
    package private(set) var version: JSONValue?
    /// What is configured.
    package private(set) var configuration = JSONObject()
    /// What `installed` has said of variables of the environment.
    package private(set) var environmentVariables = JSONObject()
    /// What `installed` has said of limits.
    package private(set) var resourceLimits = JSONObject()
    /// When it came last.
    package private(set) var installedAt: EventTime?
    /// When it was used last.
    package private(set) var lastAccessed: EventTime?
    /// When it came, moved, or was configured last.
    package private(set) var lastUpdated: EventTime?
    /// How often it was used.
    package private(set) var accessCount: Int64 = 0
    /// What went wrong last, since something last went well.
    package private(set) var errorMessage: String?
    /// How often something has gone wrong since something last went well.
    package private(set) var retryCount: Int64 = 0

    /// Begins without events.
    package init() {}

    /// Takes in one more event of its stream.
    package mutating func apply(_ event: Event) {
        let payload = event.payload
        switch event.type {
        case .installed:
            succeed(event.time, as: payload["version"])
            installedAt = event.time
            configuration = payload["configuration"]?.object ?? JSONObject()
            environmentVariables = payload["environmentVariables"]?.object ?? JSONObject()
            resourceLimits = payload["resourceLimits"]?.object ?? JSONObject()
        case .updated, .rolledBack: succeed(event.time, as: payload["newVersion"])
        case .restored: succeed(event.time, as: payload["version"])
        case .configured:
            for member in payload.members { configuration[member.key] = member.value }
            lastUpdated = event.time
        case .removed, .softRemoved: (status, capsuleStatus, lastUpdated) = ("removed", "removed", event.time)
        case .deprecated: capsuleStatus = "deprecated"
        case .error:
            (errorMessage, retryCount) = (payload["error"]?.string ?? "", retryCount + 1)
            // What fails on the way to another version leaves the one that is here.
            if status == "pending" { status = "failed" }
        case .accessed: (accessCount, lastAccessed) = (accessCount + 1, event.time)
        default: return
        }
    }

    private mutating func succeed(_ time: EventTime, as version: JSONValue?) {
        (status, capsuleStatus, lastUpdated) = ("active", "active", time)
        (errorMessage, retryCount) = (nil, 0)
        if let version { self.version = version }
    }

    /// The record as an object, as `amx events --state --record` shows it.
    package var json: JSONObject {
        [
            "status": .string(status), "capsuleStatus": .string(capsuleStatus), "version": version ?? .null,
            "configuration": .object(configuration), "environmentVariables": .object(environmentVariables),
            "resourceLimits": .object(resourceLimits), "installedAt": .optional(installedAt?.text),
            "lastAccessed": .optional(lastAccessed?.text), "lastUpdated": .optional(lastUpdated?.text),
            "accessCount": .integer(accessCount), "errorMessage": .optional(errorMessage),
            "retryCount": .integer(retryCount),
        ]
    }

    /// The records of a capsule and an organisation, or of all, over all copies of the workspace that are here; by capsule and then by
    /// organisation, bytewise. Events are read for it.
    package static func all(
        in workspace: Workspace, of capsule: CapsuleID? = nil, organization: String? = nil
    ) throws(AmxError) -> [(stream: EventStream, record: InstallationRecord)] {
        var query = EventQuery()
        (query.capsule, query.organization) = (capsule, organization)
        var records: [EventStream: InstallationRecord] = [:]
        var reader = EventReader(workspace)
        try reader.read(query) { event in
            // It is about no capsule.
            guard event.type != .replicaLost else { return }
            records[event.stream, default: InstallationRecord()].apply(event)
        }
        return records.map { (stream: $0.key, record: $0.value) }.sorted { $0.stream < $1.stream }
    }
}
