import Capsules
import Objects
import TestSupport
import Testing

@Suite("Archives of other tools are read strictly")
struct TarFormsTests {
    /// An archive that is read, and the files besides the manifest that it has.
    struct Good: CustomTestStringConvertible {
        let testDescription: String
        let archive: [UInt8]
        let files: [String: String]

        init(_ name: String, _ archive: [UInt8], _ files: [String: String]) {
            (testDescription, self.archive, self.files) = (name, Tar.manifest + archive + Tar.end, files)
        }
    }

    static let good: [Good] = [
        Good("one leading ./", Tar.file("./a", "1") + Tar.file("./b/c", "2"), ["a": "1", "b/c": "2"]),
        Good(
            "folders",
            Tar.Header("./", type: "5").bytes + Tar.Header(".", type: "5").bytes + Tar.Header("d/", type: "5").bytes
                + Tar.Header("e", type: "5").bytes + Tar.Header("f/", type: "0").bytes
                + Tar.Header("d/", type: "5").bytes
                + Tar.file("d/a", "1"), ["d/a": "1"]),
        Good("v7's type", Tar.Header("a", size: 0, type: "\0").bytes, ["a": ""]),
        Good(
            "a size in base 256",
            {
                var header = Tar.Header("a")
                header.size = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]
                return header.bytes + Tar.padded(Array("abc".utf8))
            }(), ["a": "abc"]),
        Good(
            "numbers with blanks",
            {
                var header = Tar.Header("a")
                header.size = Array("         3  ".utf8)
                header.mode = "   644 \0"
                return header.bytes + Tar.padded(Array("abc".utf8))
            }(), ["a": "abc"]),
        Good(
            "pax path", Tar.pax([("path", "ä/b"), ("mtime", "1.5"), ("comment", "a=b")]) + Tar.file("x", "1"),
            ["ä/b": "1"]),
        Good("pax size that agrees", Tar.pax([("size", "1")]) + Tar.file("x", "1"), ["x": "1"]),
        Good("pax global comment", Tar.pax([("comment", "abc")], type: "g") + Tar.file("x", "1"), ["x": "1"]),
        Good(
            "pax binary", Tar.pax([("hdrcharset", "BINARY"), ("path", "ö")]) + Tar.file("x", "1"), ["ö": "1"]),
        Good(
            "GNU long name", Tar.extended("L", Array("l/o/n/g\0".utf8), name: "././@LongLink") + Tar.file("x", "1"),
            ["l/o/n/g": "1"]),
        Good(
            "ustar prefix",
            {
                var header = Tar.Header("b")
                header.prefix = Array("a".utf8)
                return header.bytes
            }(), ["a/b": ""]),
        Good(
            "GNU has no prefix",
            {
                var header = Tar.Header("b")
                header.magic = "ustar  \0"
                header.prefix = Array("a".utf8)
                return header.bytes
            }(), ["b": ""]),
        Good("zeros behind the end", Tar.file("a") + Tar.end + [UInt8](repeating: 0, count: 100), ["a": ""]),
    ]

    @Test(arguments: good)
    func isRead(_ archive: Good) throws {
        let files = try readAll(Forgery.zstd(archive.archive)).files
        var expected = archive.files.mapValues { Array($0.utf8) }
        expected["manifest.json"] = Array("{}".utf8)
        #expect(files == expected)
    }

    @Test(arguments: [
        ("0000755", true), ("0000644", false), ("0000100", true), ("0000677", false), ("0004711", true),
        ("0100644", false),
    ])
    func modeByTheOwnersBit(_ mode: String, _ executable: Bool) throws {
        var header = Tar.Header("a")
        header.mode = mode + "\0"
        let contents = try readAll(Forgery.zstd(Tar.manifest + header.bytes + Tar.end)).contents
        #expect(contents.files.first?.mode == (executable ? .executable : .regular))
    }

    /// An archive that is refused, and parts of the message.
    struct Bad: CustomTestStringConvertible {
        let testDescription: String
        let archive: [UInt8]
        let parts: [String]

        init(_ name: String, _ archive: [UInt8], _ parts: String...) {
            (testDescription, self.archive, self.parts) = (name, Tar.manifest + archive + Tar.end, parts)
        }

        init(whole archive: [UInt8], _ name: String, _ parts: String...) {
            (testDescription, self.archive, self.parts) = (name, archive, parts)
        }
    }

    static func header(_ name: String, _ change: (inout Tar.Header) -> Void) -> [UInt8] {
        var header = Tar.Header(name)
        change(&header)
        return header.bytes
    }

    static let bad: [Bad] = [
        // What is no content.
        Bad(
            "hard link",
            header("evil") {
                $0.type = 49; $0.link = "a"
            }, "'evil'", "hard link"),
        Bad(
            "symbolic link",
            header("evil") {
                $0.type = 50; $0.link = "/etc/passwd"
            }, "'evil'", "symbolic link"),
        Bad("character device", Tar.Header("evil", type: "3").bytes, "'evil'", "device"),
        Bad("block device", Tar.Header("evil", type: "4").bytes, "'evil'", "device"),
        Bad("pipe", Tar.Header("evil", type: "6").bytes, "'evil'", "pipe"),
        Bad("contiguous file", Tar.Header("evil", type: "7").bytes, "'evil'", "type '7'"),
        Bad("sparse file", Tar.Header("evil", type: "S").bytes, "'evil'", "sparse"),
        Bad(
            "pax sparse file", Tar.pax([("GNU.sparse.major", "1"), ("GNU.sparse.name", "a")]) + Tar.file("evil"),
            "sparse"),
        Bad("volume label", Tar.Header("evil", type: "V").bytes, "'evil'", "type 'V'"),
        Bad("multi-volume", Tar.Header("evil", type: "M").bytes, "'evil'", "type 'M'"),
        Bad("incremental folder", Tar.Header("evil/", type: "D").bytes, "'evil/'", "type 'D'"),
        Bad("unknown type", Tar.Header("evil", type: "\u{1b}").bytes, "'evil'", "type"),
        Bad("long link", Tar.extended("K", Array("target\0".utf8)) + Tar.file("evil"), "'evil'", "no link"),
        Bad("pax link", Tar.pax([("linkpath", "target")]) + Tar.file("evil"), "'evil'", "no link"),
        // Names.
        Bad("parent", Tar.file("../evil"), "../evil", "not allowed"),
        Bad("parent in the middle", Tar.file("a/../../evil"), "not allowed"),
        Bad("absolute", Tar.file("/evil"), "not allowed"), Bad("two leading ./", Tar.file("././evil"), "not allowed"),
        Bad("git's folder", Tar.file(".GIT/config"), "not allowed"),
        Bad("double slash", Tar.file("a//b"), "not allowed"),
        Bad("device name", Tar.file("NUL.txt"), "not allowed"), Bad("control", Tar.file("a\u{1b}[31m"), "not allowed"),
        Bad("folder outside", Tar.Header("../evil/", type: "5").bytes, "not allowed"),
        Bad("folder of git", Tar.Header(".git/", type: "5").bytes, "not allowed"),
        Bad("invalid UTF-8", header("") { $0.name = [0xC3, 0x28] }, "not allowed"),
        Bad("empty name", Tar.file(""), "no name"),
        Bad("file with a slash behind it", Tar.file("evil/", "x"), "with content"),
        Bad(
            "folder with content", Tar.Header("evil/", size: 5, type: "5").bytes + Tar.padded([1, 2, 3, 4, 5]),
            "with content"),
        Bad("bytes after NUL", header("") { $0.name = Array("good\0evil".utf8) }, "'good'", "after the NUL"),
        Bad("bytes after NUL in the prefix", header("a") { $0.prefix = Array("p\0evil".utf8) }, "after the NUL"),
        Bad(
            "bytes after NUL in a long name", Tar.extended("L", Array("good\0evil\0".utf8)) + Tar.file("a"),
            "after the NUL"),
        Bad("empty long name", Tar.extended("L", [0]) + Tar.file("a"), "empty long name"),
        Bad(
            "two long names", Tar.extended("L", [65, 0]) + Tar.extended("L", [66, 0]) + Tar.file("a"), "two long names"),
        Bad(
            "long name and pax path", Tar.extended("L", [65, 0]) + Tar.pax([("path", "B")]) + Tar.file("a"), "long name"
        ),
        Bad(
            "two long links", Tar.extended("K", [65, 0]) + Tar.extended("K", [66, 0]) + Tar.file("a"), "two long links"),
        Bad(
            "name over the limit", Tar.pax([("path", String(repeating: "a/", count: 520) + "b")]) + Tar.file("a"),
            "1024"),
        // Duplicates.
        Bad("a path twice", Tar.file("evil", "1") + Tar.file("evil", "2"), "'evil'", "twice"),
        Bad("a path twice, once with ./", Tar.file("evil", "1") + Tar.file("./evil", "1"), "'evil'", "twice"),
        Bad("manifest twice", Tar.file("manifest.json", "{}"), "'manifest.json'", "twice"),
        Bad("case", Tar.file("evil") + Tar.file("EVIL"), "the same name"),
        Bad("normalisation", Tar.file("\u{E4}") + Tar.file("a\u{308}"), "the same name"),
        Bad("file and folder", Tar.file("evil") + Tar.file("evil/a"), "both a file and a folder"),
        Bad(
            "file and listed folder", Tar.Header("evil/", type: "5").bytes + Tar.file("evil"),
            "both a file and a folder"),
        Bad(
            "listed folder after the file", Tar.file("evil") + Tar.Header("evil", type: "5").bytes,
            "both a file and a folder"),
        // Pax headers.
        Bad("pax length 0", Tar.extended("x", Array("0 path=a\n".utf8)) + Tar.file("a"), "wrong length"),
        Bad("pax length too long", Tar.extended("x", Array("99 path=a\n".utf8)) + Tar.file("a"), "wrong length"),
        Bad(
            "pax length too short", Tar.extended("x", Array("8 path=a\n".utf8)) + Tar.file("a"), "where its length says"
        ),
        Bad("pax length with sign", Tar.extended("x", Array("+10 path=a\n".utf8)) + Tar.file("a"), "wrong length"),
        Bad("pax length with zero", Tar.extended("x", Array("011 path=a\n".utf8)) + Tar.file("a"), "wrong length"),
        Bad(
            "pax length of many digits", Tar.extended("x", Array("18446744073709551617 path=a\n".utf8)) + Tar.file("a"),
            "wrong"),
        Bad("pax without length", Tar.extended("x", Array("path=a\n".utf8)) + Tar.file("a"), "wrong length"),
        Bad("pax without blank", Tar.extended("x", Array("9path=ab\n".utf8)) + Tar.file("a"), "where its length says"),
        Bad(
            "pax without line feed", Tar.extended("x", Array("10 path=a ".utf8)) + Tar.file("a"),
            "where its length says"),
        Bad("pax without key", Tar.extended("x", Array("6 =ab\n".utf8)) + Tar.file("a"), "without a key"),
        Bad("pax without =", Tar.extended("x", Array("8 path\n\n".utf8)) + Tar.file("a"), "without a key"),
        Bad("pax of NULs", Tar.extended("x", [0, 0, 0, 0]) + Tar.file("a"), "wrong length"),
        Bad("pax path twice", Tar.pax([("path", "a"), ("path", "b")]) + Tar.file("c"), "path twice"),
        Bad("pax size twice", Tar.pax([("size", "0"), ("size", "0")]) + Tar.file("c"), "size twice"),
        Bad("pax path empty", Tar.pax([("path", "")]) + Tar.file("c"), "empty path"),
        Bad("pax path with NUL", Tar.pax([("path", "good\0evil")]) + Tar.file("c"), "NUL"),
        Bad("pax size that differs", Tar.pax([("size", "512")]) + Tar.file("evil", "1"), "'evil'", "differ in size"),
        Bad("pax size negative", Tar.pax([("size", "-1")]) + Tar.file("c"), "not a number"),
        Bad("pax size empty", Tar.pax([("size", "")]) + Tar.file("c"), "not a number"),
        Bad("pax size huge", Tar.pax([("size", "99999999999999999999")]) + Tar.file("c"), "not a number"),
        Bad(
            "pax character set", Tar.pax([("hdrcharset", "ISO-IR 8859 1 1998"), ("path", "a")]) + Tar.file("c"),
            "character set"),
        Bad("two pax headers", Tar.pax([("path", "a")]) + Tar.pax([("path", "b")]) + Tar.file("c"), "two pax headers"),
        Bad("global path", Tar.pax([("path", "a")], type: "g") + Tar.file("c"), "global"),
        Bad("global size", Tar.pax([("size", "3")], type: "g") + Tar.file("c"), "global"),
        Bad("pax header at the end", Tar.pax([("path", "a")]), "belongs to an entry"),
        Bad("long name at the end", Tar.extended("L", [65, 0]), "belongs to an entry"),
        Bad(
            "huge pax header", Tar.Header("x", size: 2 << 20, type: "x").bytes + [UInt8](repeating: 0, count: 2 << 20),
            "extended"),
        // Headers.
        Bad(
            "checksum",
            {
                var file = Tar.file("evil"); file[0] = 69; return file
            }(), "'Evil'", "checksum"),
        Bad(
            "checksum that is no number",
            {
                var file = Tar.file("evil"); file[149] = 65; return file
            }(), "checksum"),
        Bad("magic", header("evil") { $0.magic = "ustar\u{0}99" }, "'evil'", "no known form"),
        Bad("mode", header("evil") { $0.mode = "rw-r--r" }, "'evil'", "mode"),
        Bad("size of letters", header("evil") { $0.size = Array("0000000000x\0".utf8) }, "'evil'", "size"),
        Bad("size of nothing", header("evil") { $0.size = [UInt8](repeating: 0, count: 12) }, "'evil'", "size"),
        Bad(
            "size with bytes behind it", header("evil") { $0.size = Array("0\0\0\0001\0\0\0\0\0\0".utf8) }, "'evil'",
            "size"),
        Bad("size negative", header("evil") { $0.size = [UInt8](repeating: 255, count: 12) }, "'evil'", "out of range"),
        Bad(
            "size of 2^64", header("evil") { $0.size = [0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] }, "'evil'",
            "out of range"),
        Bad("size of 2^62", header("evil") { $0.size = [0x80, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0] }, "out of range"),
        Bad(
            "size of 2^40", header("evil") { $0.size = [0x80, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0] }, "'evil'",
            "'objectBytes'"),
        Bad("size of 8 GiB", header("evil") { $0.size = Array("77777777777\0".utf8) }, "'evil'", "'objectBytes'"),
        // The end.
        Bad("data after the end", Tar.end + Tar.file("evil"), "data after the end"),
        Bad("one zero block, then data", [UInt8](repeating: 0, count: 512) + Tar.file("evil"), "data after the end"),
        Bad("a byte after the end", Tar.end + [1], "data after the end"),
        Bad(whole: Tar.manifest, "no end", "cut short"),
        Bad(whole: Tar.manifest + [UInt8](repeating: 0, count: 512), "half an end", "cut short"),
        Bad(whole: Tar.manifest + Tar.Header("evil", size: 5).bytes, "no content", "cut short"),
        Bad(
            whole: Tar.manifest + Tar.Header("evil", size: 5).bytes + Tar.end, "content of the end", "padding",
            "cut short"),
        Bad(whole: Array(Tar.manifest.prefix(700)), "half an entry", "cut short"),
        Bad(whole: Array(Tar.manifest.prefix(100)), "half a header", "no tar archive"),
        Bad(whole: Tar.file("a") + Tar.end, "no manifest", "no manifest.json"),
        Bad(whole: Tar.end, "nothing", "no manifest.json"),
        Bad(whole: [], "no bytes", "no tar archive"),
        Bad(whole: Array("not tar".utf8), "text", "no tar archive"),
        Bad(whole: [UInt8](repeating: 65, count: 2_048), "long text", "no tar archive"),
    ]

    @Test(arguments: bad)
    func isRefused(_ archive: Bad) throws {
        let error = try refusal(of: Forgery.zstd(archive.archive))
        // A whole archive that is not taken is one thing, an archive that was cut or changed another.
        let isDamaged = ["cut short", "checksum"].contains { error?.message.contains($0) == true }
        #expect(error?.code == (isDamaged ? .verification : .failure), "\(String(describing: error))")
        #expect(error?.hint?.isEmpty == false, "\(String(describing: error))")
        // With several parts for one archive, any order of checks may find the first.
        let found = archive.parts.filter { error?.message.contains($0) == true }
        #expect(
            found == archive.parts || archive.testDescription == "content of the end" && !found.isEmpty,
            "\(String(describing: error))")
        #expect(error?.message.hasPrefix("cannot read ") == true)
        #expect(error?.message.utf8.allSatisfy { $0 >= 0x20 } == true)
    }

    @Test func severalFrames() throws {
        let archive = Tar.manifest + Tar.file("a", "1") + Tar.end
        let whole = try readAll(Forgery.zstd(archive)).contents.digest
        for cut in [1, 511, 512, 513, 1_024, 2_000] {
            let frames = try Forgery.zstd(Array(archive[..<cut])) + Forgery.zstd(Array(archive[cut...]))
            #expect(try readAll(frames).contents.digest == whole)
            // With a seek table and no index, which other tools write.
            let table = try Forgery(pieces: [Array(archive[..<cut]), Array(archive[cut...])])
            #expect(try readAll(table.encoded()).contents.digest == whole)
        }
        #expect(try readAll(Forgery.zstd([]) + Forgery.zstd(archive)).contents.digest == whole)
        let twice = try refusal(of: Forgery.zstd(archive) + Forgery.zstd(archive))
        #expect(twice?.message.contains("data after the end") == true)
    }

    @Test func hiddenFrames() throws {
        let frame = try Forgery.zstd(Tar.manifest + Tar.end)
        let hidden = ContainerForgeryTests.skippable
        for file in [hidden + frame, frame + hidden] { #expect(try refusal(of: file)?.code == .failure) }
        for file in [frame + [0], frame + [0x28], frame + Array(frame.prefix(4))] {
            #expect(try refusal(of: file)?.code == .verification)
        }
        var table = try Forgery(pieces: [Tar.manifest, Tar.end])
        table.frames[0].compressed += hidden
        table.frames[0].compressedSize += 11
        #expect(try refusal(of: table.encoded())?.code == .verification)
        table = try Forgery(pieces: [Tar.manifest, Tar.end])
        table.frames[0].inflatedSize -= 1
        #expect(try refusal(of: table.encoded())?.code == .verification)
        table = try Forgery(pieces: [Tar.manifest, Tar.end])
        table.descriptor = 0
        #expect(try refusal(of: table.encoded()) == nil)
    }

    @Test func rawTarIsExplained() throws {
        let error = try refusal(of: Tar.manifest + Tar.end)
        #expect(error?.message.contains("neither a .kc file nor a tar archive in zstd frames") == true)
    }
}
