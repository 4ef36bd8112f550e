import Foundation
import Objects
import TestSupport
import Testing

@testable import Capsules

/// The archive of a bundle has one form; what a hostile one may have is a table.
@Suite struct BundleArchiveTests {
    private static let first = BundleSample.entry("bundle.json", Array("{}".utf8))

    static func archive(_ members: [BundleSample.Member]) throws -> BundleArchive {
        try open(BundleSample.archive(members))
    }

    private static func open(_ bytes: [UInt8]) throws -> BundleArchive {
        let folder = try TemporaryDirectory("amx-bundle")
        let path = folder.appending("x.kcbundle")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try BundleArchive(path)
    }

    /// An archive that is refused, and how.
    struct Hostile: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: AmxError.Code
        let bytes: [UInt8]

        init(_ name: String, _ code: AmxError.Code, _ bytes: [UInt8]) {
            (testDescription, self.code, self.bytes) = (name, code, bytes)
        }

        /// A second entry that is wrong.
        init(_ name: String, _ code: AmxError.Code, entry: [UInt8]) {
            self.init(name, code, BundleArchiveTests.first + entry + Tar.end)
        }

        /// A second entry with a wrong name.
        init(named name: String) { self.init("the name '\(name)'", .failure, entry: BundleSample.entry(name, [1])) }

        /// A second entry with another header.
        init(_ name: String, _ code: AmxError.Code = .verification, _ change: (inout [UInt8]) -> Void) {
            self.init(name, code, entry: BundleSample.entry("amx.json", [1], change))
        }
    }

    static let hostile: [Hostile] =
        [
            "../evil", "/etc/passwd", "a/../b", "a//b", ".", "..", "C:/x", "a\\b", ".git/config", "CON",
            "a\u{1}b", "a\u{202E}b", "capsules/x .", "amx.json/.", ".aimatrix/config",
        ].map { Hostile(named: $0) } + [
            Hostile("a symbolic link", .failure) { $0.replaceSubrange(156..<159, with: Array("2/e".utf8)) },
            Hostile("a hard link", .failure) { $0[156] = UInt8(ascii: "1") },
            Hostile("a character device", .failure) { $0[156] = UInt8(ascii: "3") },
            Hostile("a block device", .failure) { $0[156] = UInt8(ascii: "4") },
            Hostile("a folder") { $0[156] = UInt8(ascii: "5") },
            Hostile("a pipe", .failure) { $0[156] = UInt8(ascii: "6") },
            Hostile("a sparse file", .failure) { $0[156] = UInt8(ascii: "S") },
            Hostile("a long name of GNU") { $0[156] = UInt8(ascii: "L") },
            Hostile("a global header") { $0[156] = UInt8(ascii: "g") },
            Hostile("an unknown type", .failure) { $0[156] = UInt8(ascii: "Z") },
            Hostile("type NUL") { $0[156] = 0 },
            Hostile("an owner") { $0[114] = UInt8(ascii: "1") },
            Hostile("a group") { $0[122] = UInt8(ascii: "1") },
            Hostile("a time") { $0[146] = UInt8(ascii: "1") },
            Hostile("an executable") { $0.replaceSubrange(104..<107, with: Array("755".utf8)) },
            Hostile("a set-user-id bit") { $0[103] = UInt8(ascii: "4") },
            Hostile("a user's name") { $0[265] = UInt8(ascii: "x") },
            Hostile("GNU's magic") { $0.replaceSubrange(257..<265, with: Array("ustar  \0".utf8)) },
            Hostile("no magic") { $0.replaceSubrange(257..<265, with: [UInt8](repeating: 0, count: 8)) },
            Hostile("a size of base 256") {
                $0.replaceSubrange(124..<136, with: [0x80] + [UInt8](repeating: 0, count: 10) + [1])
            },
            Hostile("a negative size") { $0.replaceSubrange(124..<136, with: [UInt8](repeating: 0xFF, count: 12)) },
            Hostile("a size without digits") {
                $0.replaceSubrange(124..<136, with: [UInt8](repeating: 0x20, count: 12))
            },
            Hostile("a folder's name", .verification, entry: BundleSample.entry("a/", [1])),
            Hostile("a leading ./", .verification, entry: BundleSample.entry("./a", [1])),
            Hostile("bytes behind the name") { $0[50] = UInt8(ascii: "x") },
            Hostile("a prefix") { $0[345] = UInt8(ascii: "p") },
            Hostile("the largest size", .failure, entry: BundleSample.entry("amx.json", [1], size: 0o777_7777_7777)),
            Hostile("more than there is", .verification, entry: BundleSample.entry("amx.json", [1], size: 1 << 20)),
            Hostile(
                "the largest size of base 256", .verification,
                entry: BundleSample.entry("amx.json", [1]) {
                    $0.replaceSubrange(124..<136, with: [0x80, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 7))
                }),
            Hostile(
                "a checksum", .verification,
                entry: {
                    var entry = BundleSample.entry("amx.json", [1])
                    entry[150] ^= 1
                    return entry
                }()),
            Hostile(
                "padding that is not zero", .verification,
                entry: {
                    var entry = BundleSample.entry("amx.json", [1])
                    entry[entry.count - 1] = 1
                    return entry
                }()),
            Hostile(
                "a pax header for a short name", .verification,
                entry: Tar.pax([("path", "amx.lock")]) + BundleSample.entry("amx.json", [1])),
            Hostile(
                "a pax size", .verification, entry: Tar.pax([("size", "4")]) + BundleSample.entry("amx.json", [1])),
            Hostile(
                "a pax link", .verification,
                entry: Tar.pax([("linkpath", "/etc/passwd")]) + BundleSample.entry("amx.json", [1])),
            Hostile(
                "a name twice", .failure,
                entry: BundleSample.entry("amx.json", [1]) + BundleSample.entry("amx.json", [1])),
            Hostile("the first twice", .failure, entry: BundleSample.entry("bundle.json", [1])),
            Hostile(
                "names that differ in case", .failure,
                entry: BundleSample.entry("amx.json", [1]) + BundleSample.entry("Amx.json", [1])),
            Hostile(
                "a file and a folder of it", .failure,
                entry: BundleSample.entry("amx.json", [1]) + BundleSample.entry("amx.json/x", [1])),
            Hostile("nothing", .failure, []),
            Hostile("less than a header", .failure, Array(first.prefix(511))),
            Hostile("no end", .verification, first),
            Hostile("half an end", .verification, first + Tar.end.prefix(512)),
            Hostile("something in the end", .verification, first + Tar.end.prefix(600) + [1] + Tar.end.prefix(423)),
            Hostile("zeros behind the end", .verification, first + Tar.end + Tar.end),
            Hostile("a byte behind the end", .verification, first + Tar.end + [0]),
            Hostile("another archive behind the end", .verification, first + Tar.end + first + Tar.end),
            Hostile("another first member", .failure, BundleSample.entry("amx.json", [1]) + first + Tar.end),
            Hostile("text", .failure, Array(repeating: UInt8(ascii: "a"), count: 2_000)),
            Hostile("zeros", .failure, Tar.end),
        ]

    @Test(arguments: hostile) func hostileArchivesAreRefused(_ hostile: Hostile) throws {
        let error = #expect(throws: AmxError.self) { try Self.open(hostile.bytes) }
        #expect(error?.code == hostile.code, "\(error?.message ?? "")")
        #expect(error?.hint != nil, "\(error?.message ?? "")")
    }

    /// Cut anywhere, it is refused; and no changed byte of a header passes for what was written.
    @Test func everyCutAndEveryBitOfAHeaderCounts() throws {
        let whole = Self.first + BundleSample.entry("amx.json", [1, 2, 3]) + Tar.end
        let members = try Self.open(whole).members
        #expect(members.map(\.file.file) == ["bundle.json", "amx.json"])
        for length in stride(from: 0, to: whole.count, by: 97) {
            #expect(throws: AmxError.self, "\(length)") { try Self.open(Array(whole.prefix(length))) }
        }
        var random = SeededGenerator(seed: 131)
        for _ in 0..<300 {
            let place = Int.random(in: 0..<512, using: &random)
            var bytes = whole
            bytes[1024 + place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            #expect(throws: AmxError.self, "\(place)") { try Self.open(bytes) }
        }
    }
}
