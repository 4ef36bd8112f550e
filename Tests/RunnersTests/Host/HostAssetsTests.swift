import Capsules
import Foundation
import Guard
import Objects
import TestSupport
import Testing

@testable import Runners

@Suite("Runners: a capsule's files", .onTestThreads) struct HostAssetsTests {
    private static let files = [
        "manifest.json": "{}", "knowledge/a.json": #"{"days":30}"#, "knowledge/b.txt": "grün",
        "knowledge/c.bin": "\u{1}",
        "knowledges.txt": "", "src/main.js": "1",
    ]

    @Test(arguments: [
        (
            #"{}"#,
            [
                "knowledge/a.json", "knowledge/b.txt", "knowledge/c.bin", "knowledges.txt", "manifest.json",
                "src/main.js",
            ]
        ),
        (#"{"prefix": "knowledge/"}"#, ["knowledge/a.json", "knowledge/b.txt", "knowledge/c.bin"]),
        (#"{"prefix": "knowledge"}"#, ["knowledge/a.json", "knowledge/b.txt", "knowledge/c.bin", "knowledges.txt"]),
        (#"{"prefix": "nothing"}"#, []),
        (#"{"prefix": "unlisted"}"#, []),
        (#"{"prefix": "../"}"#, []),
        (
            #"{"after": "knowledge/b.txt", "prefix": null}"#,
            ["knowledge/c.bin", "knowledges.txt", "manifest.json", "src/main.js"]
        ),
        (#"{"after": "knowledge/b", "prefix": "knowledge/"}"#, ["knowledge/b.txt", "knowledge/c.bin"]),
        (#"{"after": "z"}"#, []),
    ])
    func filesAreListedInOrder(parameters: String, paths: [String]) throws {
        var fixture = try HostFixture(files: Self.files)
        let result = try fixture.ask("assets.list", JSONParser.parse(parameters))
        #expect(result["files"]?.array?.compactMap { $0["path"]?.string } == paths)
        #expect(result["next"] == JSONValue.null)
    }

    @Test func listsComeInParts() throws {
        var fixture = try HostFixture(files: Self.files)
        var found: [String] = []
        var after: JSONValue = .null
        repeat {
            let page = try fixture.ask("assets.list", ["limit": 2, "after": after])
            let paths = (page["files"]?.array ?? []).compactMap { $0["path"]?.string }
            #expect(paths.count == 2)
            found += paths
            after = page["next"] ?? .null
        } while after != .null && found.count < 100
        #expect(found.sorted() == Self.files.keys.sorted())
        #expect(
            try fixture.ask("assets.list", ["prefix": "knowledge/b"])["files"]?.array == [
                ["path": "knowledge/b.txt", "size": 5]
            ])
    }

    @Test(arguments: [
        (#"{"path": "knowledge/b.txt"}"#, #"{"content": "grün", "size": 5, "encoding": "text"}"#),
        (#"{"path": "knowledge/b.txt", "offset": 4}"#, #"{"content": "n", "size": 5, "encoding": "text"}"#),
        (
            #"{"path": "knowledge/b.txt", "offset": 0, "length": 2}"#,
            #"{"content": "gr", "size": 5, "encoding": "text"}"#
        ),
        (#"{"path": "knowledge/b.txt", "offset": 5}"#, #"{"content": "", "size": 5, "encoding": "text"}"#),
        (
            #"{"path": "knowledge/b.txt", "offset": 2.0, "length": 9007199254740993}"#,
            #"{"content": "ün", "size": 5, "encoding": "text"}"#
        ),
        (
            #"{"path": "knowledge/b.txt", "encoding": "base64", "length": 3}"#,
            #"{"content": "Z3LD", "size": 5, "encoding": "base64"}"#
        ),
        (
            #"{"path": "knowledge/a.json", "encoding": "json"}"#,
            #"{"content": {"days": 30}, "size": 11, "encoding": "json"}"#
        ),
        (#"{"path": "knowledges.txt"}"#, #"{"content": "", "size": 0, "encoding": "text"}"#),
    ])
    func filesAreRead(parameters: String, result: String) throws {
        var fixture = try HostFixture(files: Self.files)
        #expect(try fixture.ask("assets.read", JSONParser.parse(parameters)) == JSONParser.parse(result))
    }

    @Test(arguments: [
        (#"{"path": "missing.txt"}"#, HostFault.Kind.notFound, "there is no file 'missing.txt' in the capsule"),
        (#"{"path": "unlisted.txt"}"#, .notFound, "there is no file 'unlisted.txt' in the capsule"),
        (#"{"path": "knowledge"}"#, .notFound, "there is no file 'knowledge' in the capsule"),
        (#"{"path": "../capsule/manifest.json"}"#, .invalidParameters, "assets.read: "),
        (#"{"path": "/etc/passwd"}"#, .invalidParameters, "assets.read: "),
        (#"{"path": "a\u0000b"}"#, .invalidParameters, "assets.read: "),
        (#"{"path": ""}"#, .invalidParameters, "assets.read: 'path' has 0 bytes, and must have 1 to 4096"),
        (#"{"path": 3}"#, .invalidParameters, "assets.read: 'path' must be a text"),
        (#"{}"#, .invalidParameters, "assets.read: the parameter 'path' is missing"),
        (#"[]"#, .invalidParameters, "assets.read: the parameters must be an object"),
        (
            #"{"path": "manifest.json", "pfad": 1}"#, .invalidParameters,
            "assets.read: there is no parameter 'pfad': it has path, encoding, offset, length"
        ),
        (
            #"{"path": "manifest.json", "encoding": "hex"}"#, .invalidParameters,
            #"assets.read: 'encoding' must be one of "text", "base64", "json""#
        ),
        (
            #"{"path": "manifest.json", "encoding": "json", "offset": 0}"#, .invalidParameters,
            #"assets.read: only whole files are read as "json""#
        ),
        (
            #"{"path": "manifest.json", "offset": 3}"#, .invalidParameters,
            "assets.read: 'offset' is 3, and the file has 2 bytes"
        ),
        (
            #"{"path": "manifest.json", "offset": -1}"#, .invalidParameters,
            "assets.read: 'offset' must be a whole number from 0 to "
        ),
        (
            #"{"path": "manifest.json", "length": 1.5}"#, .invalidParameters,
            "assets.read: 'length' must be a whole number from 0 to "
        ),
        (
            #"{"path": "manifest.json", "length": 1e300}"#, .invalidParameters,
            "assets.read: 'length' must be a whole number from 0 to "
        ),
        (
            #"{"path": "knowledge/b.txt", "length": 3}"#, .failed,
            "'knowledge/b.txt' is not UTF-8, or was cut within a character"
        ),
        (#"{"path": "knowledge/b.txt", "encoding": "json"}"#, .failed, "'knowledge/b.txt' is not JSON: "),
    ])
    func whatIsNotReadSaysWhy(parameters: String, kind: HostFault.Kind, message: String) throws {
        var fixture = try HostFixture(files: Self.files)
        let fault = try fixture.fault("assets.read", JSONParser.parse(parameters))
        #expect(fault?.kind == kind)
        #expect(fault?.message.hasPrefix(message) == true, "\(fault?.message ?? "")")
    }

    @Test func linksAndOtherThingsAreNotFollowed() throws {
        var fixture = try HostFixture(files: ["a/b.txt": "b", "c.txt": "c", "d.txt": "d", "e.txt": "e"])
        let root = fixture.folder.path + "/capsule"
        try FileManager.default.moveItem(atPath: root + "/a", toPath: fixture.folder.path + "/elsewhere")
        try FileManager.default.createSymbolicLink(atPath: root + "/a", withDestinationPath: "../elsewhere")
        try FileManager.default.removeItem(atPath: root + "/c.txt")
        try FileManager.default.createSymbolicLink(atPath: root + "/c.txt", withDestinationPath: "/etc/passwd")
        try FileManager.default.removeItem(atPath: root + "/d.txt")
        try #require(mkfifo(root + "/d.txt", 0o600) == 0)
        try FileManager.default.removeItem(atPath: root + "/e.txt")
        for path in ["a/b.txt", "c.txt", "d.txt", "e.txt"] {
            let fault = fixture.fault("assets.read", ["path": .string(path)])
            #expect(
                fault
                    == HostFault(.failed, "cannot read \(path): the capsule's folder has changed since it was verified")
            )
        }
        #expect(fixture.fault("assets.list", [:])?.kind == .failed)
        // The folder stays the one that was verified.
        try FileManager.default.moveItem(atPath: root, toPath: fixture.folder.path + "/moved")
        try fixture.folder.write("capsule/e.txt", text: "another's")
        #expect(fixture.fault("assets.read", ["path": "e.txt"])?.kind == .failed)
    }

    @Test func largeFilesAreReadInParts() throws {
        let size = CapsuleHost.assetBytes + 3
        var fixture = try HostFixture(files: ["large.txt": String(repeating: "x", count: size)])
        let fault = fixture.fault("assets.read", ["path": "large.txt"])
        #expect(fault?.kind == .quotaExceeded)
        #expect(fault?.message.hasPrefix("assets.read: 10485763 bytes are more than the 10485760") == true)
        let end = try fixture.ask("assets.read", ["path": "large.txt", "offset": .count(size - 4)])
        #expect(end == ["content": "xxxx", "size": .count(size), "encoding": "text"])
    }
}
