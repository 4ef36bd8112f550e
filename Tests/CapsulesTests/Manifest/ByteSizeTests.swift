import Capsules
import Testing

@Suite("Byte sizes")
struct ByteSizeTests {
    @Test(
        "reads",
        arguments: [
            ("0B", 0), ("1B", 1), ("128MB", 134_217_728), ("128 MB", 134_217_728), ("128mib", 134_217_728),
            ("1KB", 1024), ("2KiB", 2048),
            ("1GB", 1_073_741_824), ("1.5GB", 1_610_612_736), ("0.5KB", 512), ("0.0001KB", 0), ("1.999999B", 1),
            ("8TB", 8 << 40),
            ("8388607TB", 8_388_607 << 40), ("9223372036854775807B", .max), ("007MB", 7 << 20),
            ("8388607.999999TB", 9_223_372_036_853_676_296),
        ] as [(String, Int64)])
    func reads(text: String, bytes: Int64) {
        #expect(ByteSize(text)?.bytes == bytes)
    }

    @Test(
        "refuses",
        arguments: [
            "", "128", "MB", "-1MB", "+1MB", "1.MB", ".5MB", "1.1234567MB", "1,5MB", "1e3MB", "128  MB", "128MB ",
            " 128MB", "128Mb/s",
            "128M", "128PB", "8388608TB", "9223372036854775808B", "99999999999999999999GB", "١MB", "128\u{a0}MB",
            "0x10MB", "1KK", "1\u{212a}B",
        ])
    func refuses(text: String) {
        #expect(ByteSize(text) == nil)
    }

    @Test("prints in the largest whole unit", arguments: ["0B", "1B", "1023B", "1KB", "1025B", "128MB", "3GB", "8TB"])
    func prints(text: String) {
        #expect(ByteSize(text)?.description == text)
    }
}
