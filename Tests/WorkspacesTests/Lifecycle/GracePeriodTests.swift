import Capsules
import Objects
import Testing

@testable import Workspaces

@Suite struct GracePeriodTests {
    @Test(arguments: [(6, false), (7, true), (30, true), (365, true), (366, false), (-1, false), (.max, false)])
    func daysAreBounded(_ days: Int, _ isLegal: Bool) throws {
        #expect(RetentionPeriod.grace.range.contains(days) == isLegal)
        let setting = try #require(try KnownSetting.named(SettingKey("lifecycle.grace")))
        #expect(setting.standard == "30")
        if isLegal {
            try setting.check("\(days)")
        } else {
            let error = #expect(throws: AmxError.self) { try setting.check("\(days)") }
            #expect(error?.hint == "give a whole number from 7 to 365")
        }
    }

    @Test func theSettingHolds() throws {
        let fixture = try WorkspaceFixture()
        #expect(try fixture.workspace.days(of: .grace) == 30)
        try fixture.workspace.configuration().set("lifecycle.grace", "7")
        #expect(try fixture.workspace.days(of: .grace) == 7)
        for value in ["6", "366", "week", "7d", ""] {
            try fixture.workspace.configuration().set("lifecycle.grace", value)
            #expect(throws: AmxError.self) { try fixture.workspace.days(of: .grace) }
        }
    }

    @Test func theSettingOfBackupsHolds() throws {
        let fixture = try WorkspaceFixture()
        #expect(try fixture.workspace.days(of: .backup) == 365)
        #expect(try KnownSetting.named(SettingKey("lifecycle.backup"))?.standard == "365")
        for days in [0, 3650] {
            try fixture.workspace.configuration().set("lifecycle.backup", "\(days)")
            #expect(try fixture.workspace.days(of: .backup) == days)
        }
        for value in ["-1", "3651", "year", ""] {
            try fixture.workspace.configuration().set("lifecycle.backup", value)
            #expect(throws: AmxError.self) { try fixture.workspace.days(of: .backup) }
        }
    }

    @Test func itEndsToTheMicrosecond() throws {
        let removal = try #require(EventTime("2026-02-27T12:00:00.000001Z"))
        let end = removal.adding(days: 7)
        #expect(end.text == "2026-03-06T12:00:00.000001Z")
        // At the end of time it stays within it.
        let last = EventTime(microseconds: .max)
        #expect(last.adding(days: 30) == last)
        let before = EventTime(microseconds: end.microseconds - 1)
        let removed: JSONObject = ["status": "soft_removed", "until": .string(end.text)]
        #expect(!before.isPastGrace(of: removed))
        #expect(end.isPastGrace(of: removed))
        // Nothing else is ever due.
        for state in [
            ["status": "active", "until": .string(end.text)], ["status": "removed", "until": .string(end.text)],
            ["status": "soft_removed"], ["status": "soft_removed", "until": "soon"], JSONObject(),
        ] as [JSONObject] {
            #expect(!last.isPastGrace(of: state))
        }
    }
}
