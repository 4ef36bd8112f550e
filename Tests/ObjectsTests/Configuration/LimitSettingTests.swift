import Objects
import TestSupport
import Testing

/// Limits as configurations set them.
@Suite struct LimitSettingTests {
    @Test(
        arguments: [
            ("0", 0), ("200", 200), ("64k", 65_536), ("2K", 2_048), ("3m", 3 << 20), ("1G", 1 << 30), ("", nil),
            ("k", nil),
            ("-1", nil), ("+1", nil), ("1 ", nil), ("1.5", nil), ("1kk", nil), ("9223372036854775807", .max),
            ("9223372036854775807k", nil), ("99999999999999999999", nil), ("٣", nil), ("0x10", nil),
        ] as [(String, Int?)]) func numbers(_ text: String, _ wanted: Int?)
    {
        #expect(ConfigNumber.parse(text) == wanted)
    }

    @Test func everyFieldHasItsSetting() {
        let fields = Mirror(reflecting: Limits()).children.compactMap(\.label)
        #expect(Set(LimitSetting.all.map(\.name)) == Set(fields))
        for setting in LimitSetting.all {
            let standard = Mirror(reflecting: Limits()).children.first { $0.label == setting.name }?.value as? Int
            #expect(setting.value(in: Limits()) == standard)
            #expect(setting.range.contains(setting.value(in: Limits())))
        }
    }

    @Test func theFirstFileWins() throws {
        let folder = try TemporaryDirectory("amx-limits")
        try folder.write("first", text: "[limits]\n\tentries = 10\n\tpackbytes = 2k\n\tunknown = x\n")
        try folder.write("second", text: "[LIMITS]\n\tEntries = 20\n\tjsonDepth = 32\n")
        let limits = try Limits(
            configuredBy: [ConfigFile(folder.appending("first")), ConfigFile(folder.appending("second"))])
        var wanted = Limits()
        (wanted.entries, wanted.packBytes, wanted.jsonDepth) = (10, 2_048, 32)
        #expect(limits == wanted)
        #expect(try Limits(configuredBy: [ConfigFile(folder.appending("missing"))]) == Limits())
        try folder.write("bad", text: "[limits]\n\tentries = none\n")
        #expect(throws: AmxError.self) { try Limits(configuredBy: [ConfigFile(folder.appending("bad"))]) }
    }
}
