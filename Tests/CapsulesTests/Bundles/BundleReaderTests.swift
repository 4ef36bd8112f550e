import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Capsules

/// A bundle's archive and documents are read strictly (row S-134, and S-123 for archives).
@Suite struct BundleReaderTests {
    private func read(_ bytes: [UInt8], limits: Limits = .standard) throws -> BundleReader {
        let folder = try TemporaryDirectory("amx-bundle")
        let path = folder.appending("x.kcbundle")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try BundleReader(path, limits: limits)
    }

    @Test func whatIsWrittenIsRead() throws {
        let sample = try BundleSample()
        let archive = BundleSample.archive(sample.members())
        let reader = try read(archive)
        #expect(reader.bundle == sample.bundle() && reader.lock == sample.lock && reader.signature == nil)
        #expect(try BundleManifest.parse(sample.bundle().encoded) == sample.bundle())
        #expect(sample.bundle(capsules: sample.capsules.reversed()).encoded == sample.bundle().encoded)

        let folder = try TemporaryDirectory("amx-bundle")
        var writer = BundleArchiveWriter()
        for (name, bytes) in sample.members() { writer.add(BundledFile(name, bytes), .bytes(bytes)) }
        #expect(try writer.write(to: folder.appending("y")) == archive.count)
        #expect([UInt8](try folder.read("y")) == archive)

        // Long names have pax headers, as in a .kc file.
        let long = String(repeating: "a", count: 120)
        let member = try BundleArchiveTests.archive([("bundle.json", []), (long, [1, 2])]).members[1]
        #expect(member.file.file == long && member.file.size == 2)
    }

    @Test(arguments: [
        ("a", true), ("shop-2", true), ("a--", true), ("", false), ("2shop", false), ("-a", false), ("Shop", false),
        ("a.b", false), ("a_b", false), ("ä", false), ("a\n", false), (String(repeating: "a", count: 128), true),
        (String(repeating: "a", count: 129), false),
    ]) func names(_ name: String, isOne: Bool) { #expect(BundleFormat.isName(name) == isOne) }

    /// A file that is refused, with the code of the first finding.
    struct Bad: CustomTestStringConvertible {
        let testDescription: String
        let code: BundleFinding.Code
        let bytes: [UInt8]

        init(_ name: String, _ code: BundleFinding.Code, _ bytes: [UInt8]) {
            (testDescription, self.code, self.bytes) = (name, code, bytes)
        }
    }

    /// Documents that contradict each other, each in a sound archive.
    private static func documents() throws -> [Bad] {
        let sample = try BundleSample()
        let app = sample.capsules[0]
        let json = String(decoding: sample.bundle().encoded, as: UTF8.self)
        func bad(_ name: String, _ code: BundleFinding.Code, _ members: [BundleSample.Member]) -> Bad {
            Bad(name, code, BundleSample.archive(members))
        }
        func bad(_ name: String, _ code: BundleFinding.Code, _ old: String, _ new: String) -> Bad {
            bad(name, code, sample.members(json: Array(json.replacing(old, with: new, maxReplacements: 1).utf8)))
        }
        func members(without name: String) -> [BundleSample.Member] { sample.members().filter { $0.name != name } }
        var swapped = sample.members()
        swapped.swapAt(1, 2)
        let fewer = WorkspaceLock([sample.lock.capsules[0]])
        let branch = try BundleSample(branch: true)
        var other = sample.lock.capsules
        other[1] = LockedCapsule(
            id: other[1].id, version: other[1].version, line: other[1].line, commit: other[0].commit,
            tree: other[1].tree, digest: other[1].digest, source: other[1].source, requestedBy: ["app"])
        let altered = WorkspaceLock(other)
        return [
            bad("another format", .refused, "amx-bundle", "amx-bungle"),
            bad("a later version", .refused, #""version": 1"# + "\n", #""version": 2"# + "\n"),
            bad("another layout", .damaged, "{\n  \"capsules\"", "{\n \"capsules\""),
            bad("another member", .damaged, "{\n  \"capsules\"", "{\n  \"a\": 1,\n  \"capsules\""),
            bad("a member twice", .refused, "{\n  \"capsules\"", "{\n  \"name\": \"x\",\n  \"capsules\""),
            bad("a negative size", .refused, #""size": 512"#, #""size": -512"#),
            bad("a huge size", .refused, #""size": 512"#, #""size": 99999999999999999999"#),
            bad("another size", .damaged, #""size": 512"#, #""size": 513"#),
            bad("no JSON", .refused, "{", "["),
            bad("another sum", .damaged, app.content.sha256.hex, String(repeating: "0", count: 64)),
            bad("a name of capitals", .name, sample.members(sample.bundle(name: "Shop"))),
            bad(
                "no capsules", .noCapsules,
                [("bundle.json", sample.bundle(capsules: [], lock: WorkspaceLock()).encoded)]
                    + [("amx.json", sample.manifest), ("amx.lock", WorkspaceLock().encoded)]),
            bad("an id twice", .duplicate, sample.members(sample.bundle(capsules: [app, app]))),
            bad(
                "a file of another name", .damaged,
                sample.members(
                    sample.bundle(capsules: [
                        BundledCapsule(
                            sample.lock.capsules[0], tag: app.tag, manifestSHA256: app.manifestSHA256,
                            content: app.history, history: app.content), sample.capsules[1],
                    ]))),
            bad("a member more", .unexpected, sample.members() + [("capsules/zz-1.0.0.kc", [1])]),
            bad("a folder's file more", .unexpected, sample.members() + [("README.md", [])]),
            bad("a signature at the end", .unexpected, sample.members() + [("bundle.json.sig", [1])]),
            bad("no lock", .missing, members(without: "amx.lock")),
            bad("no content", .missing, members(without: app.content.file)),
            bad("no history", .missing, members(without: app.history.file)),
            bad("another order", .damaged, swapped),
            bad(
                "a capsule that the lock lacks", .unexpected,
                sample.members(sample.bundle(lock: fewer), lock: fewer)),
            bad(
                "a capsule that only the lock has", .missing,
                sample.members(sample.bundle(capsules: [app])).filter { !$0.name.contains("lib-") }),
            bad("a lock with a branch", .notARelease, branch.members(branch.bundle())),
            bad("a lock that says otherwise", .damaged, sample.members(sample.bundle(lock: altered), lock: altered)),
        ]
    }

    @Test func documentsThatContradictEachOtherAreRefused() throws {
        for bad in try Self.documents() {
            let error = #expect(throws: AmxError.self, "\(bad)") { try read(bad.bytes) }
            let findings = (error?.cause as? BundleProblems)?.findings ?? []
            #expect(findings.first?.code == bad.code, "\(bad): \(findings)")
            #expect(error?.code == bad.code.errorCode && error?.hint != nil, "\(bad)")
        }
    }

    @Test func whatIsSignedIsTheManifest() throws {
        let sample = try BundleSample()
        var members = sample.members()
        members.insert(("bundle.json.sig", Array("nonsense\n".utf8)), at: 1)
        let reader = try read(BundleSample.archive(members))
        let verdict = reader.verdict(by: AllowedSigners())
        #expect(reader.signature == Array("nonsense\n".utf8) && verdict.state == .bad)
        #expect(BundleFormat.signedText([1, 2]) == Array("amx-bundle-v1\n".utf8) + [1, 2])
    }

    @Test func aMemberHasALimit() throws {
        var limits = Limits()
        limits.bundleMemberBytes = 600
        let error = #expect(throws: AmxError.self) {
            try read(BundleSample.archive(try BundleSample().members()), limits: limits)
        }
        #expect(error?.code == .failure)
        #expect(error?.message.contains("the limit 'bundleMemberBytes' is 600") == true)
    }
}
