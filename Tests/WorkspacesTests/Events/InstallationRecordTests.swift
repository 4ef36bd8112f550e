import Capsules
import Objects
import Testing

@testable import Workspaces

/// The record of an installation, as seed 000's table has it (row A-072).
@Suite struct InstallationRecordTests {
    private let fixture: EventFixture
    private let stream: EventStream

    init() throws {
        fixture = try EventFixture()
        stream = try fixture.stream()
    }

    private func append(_ type: EventType, _ payload: JSONObject = [:]) throws -> String {
        let events = try fixture.store().append([EventDraft(type, in: stream, payload: payload)])
        return try #require(events.first).time.text
    }

    private func record() throws -> JSONValue {
        let found = try InstallationRecord.all(in: fixture.workspace, of: stream.capsule)
        #expect(found.map(\.stream) == [stream])
        return .object(try #require(found.first).record.json)
    }

    @Test func beginsWithTheDefaultsOfTheSeed() {
        #expect(
            InstallationRecord().json == [
                "status": "pending", "capsuleStatus": "active", "version": .null, "configuration": [:],
                "environmentVariables": [:], "resourceLimits": [:], "installedAt": .null, "lastAccessed": .null,
                "lastUpdated": .null, "accessCount": 0, "errorMessage": .null, "retryCount": 0,
            ])
    }

    @Test func countsWhatTheProjectionPassesOver() throws {
        _ = try append(.error, ["error": "no room", "phase": "fetch"])
        _ = try append(.error, ["error": "no route", "phase": "fetch"])
        var record = try record()
        #expect(record["status"] == "failed" && record["retryCount"] == 2 && record["errorMessage"] == "no route")
        #expect(record["installedAt"] == .null)
        let installed = try append(
            .installed,
            ["version": "1.0.0", "configuration": ["a": 1], "resourceLimits": ["memory": "1GB"]])
        record = try self.record()
        #expect(record["status"] == "active" && record["retryCount"] == 0 && record["errorMessage"] == .null)
        #expect(record["configuration"] == ["a": 1] && record["resourceLimits"] == ["memory": "1GB"])
        #expect(record["installedAt"] == .string(installed) && record["version"] == "1.0.0")
        for _ in 0..<3 { _ = try append(.accessed) }
        let used = try append(.accessed)
        let configured = try append(.configured, ["b": 2, "a": .null])
        record = try self.record()
        #expect(record["accessCount"] == 4 && record["lastAccessed"] == .string(used))
        #expect(record["configuration"] == ["a": .null, "b": 2] && record["lastUpdated"] == .string(configured))
        // An update that fails leaves what is here.
        _ = try append(.error, ["error": "bad", "phase": "verify"])
        record = try self.record()
        #expect(record["status"] == "active" && record["errorMessage"] == "bad" && record["retryCount"] == 1)
        _ = try append(.updated, ["newVersion": "2.0.0", "oldVersion": "1.0.0"])
        record = try self.record()
        #expect(record["version"] == "2.0.0" && record["errorMessage"] == .null && record["accessCount"] == 4)
        _ = try append(.softRemoved, ["version": "2.0.0"])
        record = try self.record()
        #expect(record["status"] == "removed" && record["capsuleStatus"] == "removed")
        _ = try append(.restored, ["version": "2.0.0"])
        record = try self.record()
        #expect(record["status"] == "active" && record["capsuleStatus"] == "active" && record["accessCount"] == 4)
        // Others' streams are records of their own.
        _ = try fixture.append(3)
        #expect(try InstallationRecord.all(in: fixture.workspace).count == 3)
        #expect(try InstallationRecord.all(in: fixture.workspace, organization: "other").count == 1)
    }
}
