import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions
import Workspaces

@testable import HubClient

/// Releases of repositories on plain git servers: what they say, and how little of them has to come for that.
@Suite struct GitReleasesTests {
    private let fixture: GitReleasesFixture
    private var random: SeededGenerator

    init() throws {
        fixture = try GitReleasesFixture()
        random = SeededGenerator(seed: 7)
    }

    /// A repository of a megabyte in five releases, with folders.
    private mutating func makeLarge(_ id: String) throws {
        var revisions: [GitReleasesFixture.Revision] = []
        for number in 0..<5 {
            let data = random.bytes(200_000)
            let files = (0..<20).map { ("knowledge/deep/\($0)/notes.md", Array("\($0) of \(number)\n".utf8)) }
            revisions.append(
                .init("1.\(number).0", of: id, needs: ["base": ">=1.\(number).0"], [("vectors.bin", data)] + files))
        }
        try fixture.add(revisions, to: id)
    }

    /// How a server is asked, and the requests and bytes that the releases of a new repository take.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var versions = true
        var filter = true
        var settings: [(String, String)] = []
        var hidden: [String] = []
        let requests: Int
        /// Whether the files stay there.
        var isPartial = true
        /// Whether the repository comes as a whole.
        var isWhole = false
    }

    static let ways: [Way] = [
        Way(testDescription: "filter", requests: 4),
        // The root trees at depth 1 are refused, all trees are not.
        Way(testDescription: "no depth", settings: [("uploadpackfilter.tree.maxDepth", "0")], requests: 5),
        Way(testDescription: "no trees", settings: [("uploadpackfilter.tree.allow", "false")], requests: 5),
        Way(
            testDescription: "no filters", settings: [("uploadpackfilter.allow", "false")], requests: 5,
            isPartial: false),
        Way(testDescription: "shallow", filter: false, requests: 3, isPartial: false),
        Way(
            testDescription: "whole", filter: false, hidden: ["shallow"], requests: 5, isPartial: false,
            isWhole: true),
        Way(
            testDescription: "v0", versions: false, settings: [("uploadpack.allowAnySHA1InWant", "true")], requests: 3),
        Way(testDescription: "v0 shallow", versions: false, requests: 2, isPartial: false),
    ]

    @Test(arguments: ways) mutating func readsWhatTheRepositorySays(_ way: Way) throws {
        try makeLarge("kit")
        let peer = try fixture.server(
            versions: way.versions, filter: way.filter, settings: way.settings, hiding: way.hidden)
        let truth = try fixture.truth("kit")
        #expect(truth.count == 5 && truth.allSatisfy { $0.problem == nil && $0.dependencies.count == 1 })
        #expect(try fixture.ask(peer, "kit") == truth)
        let first = try peer.sent("kit.git")
        #expect(first.count == way.requests, "\(first)")
        let bytes = first.map(\.bytes).reduce(0, +)
        #expect(way.isPartial ? bytes < 20_000 : bytes > 1_000_000, "\(bytes)")
        #expect(try fixture.left().store == (way.isWhole ? ["kit.git"] : []))
        #expect(try fixture.left().cache.count == 1)
        // Nothing new: the listing, and nothing else.
        #expect(try fixture.ask(peer, "kit") == truth)
        #expect(try peer.sent("kit.git").count == way.requests + (way.versions ? 2 : 1))
        // Nothing at all.
        let offline = try fixture.places(peer, isOffline: true)
        #expect(try fixture.place(peer, in: offline).releases(of: CapsuleID("kit"))?.releases == truth)
        #expect(try #require(offline.oldestAnswer) < 60)
        let before = try peer.sent("kit.git")
        // One more release.
        try fixture.add([.init("2.0.0", of: "kit", needs: ["other": "^1.0.0"], [("more.md", [10])])], to: "kit")
        #expect(try fixture.ask(peer, "kit") == (try fixture.truth("kit")))
        #expect(try fixture.truth("kit").count == 6)
        let more = try peer.sent("kit.git").dropFirst(before.count)
        #expect(more.map(\.bytes).reduce(0, +) < (way.isPartial ? 5_000 : 400_000), "\(more)")
    }

    /// A hundredth of a repository is more than what choosing a version takes.
    @Test mutating func takesLessThanAHundredth() throws {
        let data = random.bytes(250_000)
        let revisions = (0..<6).map { number in
            GitReleasesFixture.Revision(
                "1.\(number).0", of: "big",
                [("\(number).bin", Array((0..<4).map { _ in data.dropFirst(number) }.joined()))])
        }
        try fixture.add(revisions, to: "big")
        let peer = try fixture.server()
        #expect(try fixture.ask(peer, "big")?.count == 6)
        let size =
            try Tool.git(["count-objects", "-v"], in: fixture.path("big")).split(separator: "\n")
            .compactMap { $0.hasPrefix("size") ? $0.split(separator: " ").last.flatMap { Int($0) } : nil }
            .reduce(0, +) * 1024
        let bytes = try peer.sent().map(\.bytes).reduce(0, +)
        #expect(size > 5_000_000 && bytes < size / 100, "\(bytes) of \(size)")
    }

    /// What is wrong with a release is told of it alone, in the words for a repository that is here.
    @Test(arguments: [true, false]) func tellsWhatIsWrong(filter: Bool) throws {
        var light = GitReleasesFixture.Revision("1.1.0", of: "odd")
        light.isAnnotated = false
        var misnamed = GitReleasesFixture.Revision("1.3.0", of: "odd")
        misnamed.tag = "v1.2.0"
        var large = GitReleasesFixture.Revision("1.5.0", of: "odd")
        large.files[0].content += Array(repeating: 0x20, count: 1 << 20)
        var larger = GitReleasesFixture.Revision("1.6.0", of: "odd")
        larger.files[0].content += Array(repeating: 0x20, count: 1 << 21)
        var bare = GitReleasesFixture.Revision("1.7.0", of: "odd")
        bare.files = [("manifest.json/inner", [10])]
        var other = GitReleasesFixture.Revision("1.8.0", of: "odd")
        other.tag = "vNext"
        try fixture.add(
            [
                .init("1.0.0", of: "odd"), light, misnamed, .init("1.4.0", of: "even"), large, larger, bare, other,
                .init("1.9.0", of: "odd"),
            ], to: "odd")
        let peer = try fixture.server(filter: filter)
        let found = try #require(try fixture.ask(peer, "odd"))
        let truth = try fixture.truth("odd")
        #expect(found.map(\.version.text) == truth.map(\.version.text))
        for (release, expected) in zip(found, truth) {
            switch release.version.text {
            // What a tag without annotation names is not looked at.
            case "1.1.0": #expect(expected.problem?.hasPrefix(release.problem ?? "?") == true)
            case "1.5.0", "1.6.0":
                #expect(release.problem?.contains("the limit 'manifestBytes' is 1048576") == true)
                #expect(release.manifest == expected.manifest && expected.problem != nil)
            default: #expect(release == expected)
            }
        }
        #expect(found.filter { $0.problem == nil }.map(\.version.text) == ["1.0.0", "1.9.0"])
        let requests = try peer.sent().count
        #expect(try fixture.ask(peer, "odd") == found)
        #expect(try peer.sent().count == requests + 2)
    }

    @Test func aReleaseThatMovedIsAnError() throws {
        try fixture.add([.init("1.0.0", of: "kit")], to: "kit")
        let peer = try fixture.server()
        let before = try fixture.ask(peer, "kit")
        try Tool.git(["tag", "-d", "v1.0.0"], in: fixture.path("kit"))
        try fixture.add([.init("1.0.0", of: "kit", [("new.md", [10])])], to: "kit")
        #expect {
            try fixture.ask(peer, "kit")
        } throws: { error in
            guard let error = error as? AmxError else { return false }
            return error.code == .verification && error.message.contains("v1.0.0 of kit was moved")
        }
        #expect(try fixture.ask(peer, "kit", isOffline: true) == before)
    }

    /// A release that is here and has become a tag without annotation is told, also where another one is wanted; what never was a release
    /// is in no release's way.
    @Test func aReleaseWithoutItsAnnotationIsAnError() throws {
        func bring(_ version: String, from peer: PeerServer) throws {
            let places = try fixture.places(peer)
            let release = try #require(try fixture.truth("kit").first { $0.version.text == version })
            let address = try fixture.place(peer, in: places).address
            try places.bring([WantedRelease(CapsuleID("kit"), release, at: address)])
        }
        var plain = GitReleasesFixture.Revision("1.0.0", of: "kit", [("new.md", [10])])
        plain.isAnnotated = false
        var other = plain
        other.tag = "v0.9.0"
        try fixture.add([other, .init("1.0.0", of: "kit")], to: "kit")
        let peer = try fixture.server()
        let workspace = fixture.workspace
        try workspace.write { () throws(AmxError) in
            try workspace.addRemote(Remote(name: "origin", url: "http://127.0.0.1:\(peer.port)"))
        }
        try bring("1.0.0", from: peer)
        let id = try CapsuleID("kit")
        try FileManager.default.moveItem(
            atPath: workspace.repositoryPath(id, .incoming), toPath: workspace.repositoryPath(id))
        try Tool.git(["tag", "-d", "v1.0.0"], in: fixture.path("kit"))
        try fixture.add([plain, .init("1.1.0", of: "kit")], to: "kit")
        #expect {
            try bring("1.1.0", from: peer)
        } throws: { error in
            guard let error = (error as? WantedRelease.Failure)?.error as? AmxError else { return false }
            return error.code == .conflict
                && error.message.contains("cannot install refs/tags/v1.0.0 of kit: the release is ")
        }
    }

    /// One question leads to all that the newest releases need, over few connections that stay open.
    @Test func followsWhatReleasesNeed() throws {
        let count = 40
        for number in 0..<count {
            let below = [number * 2 + 1, number * 2 + 2].filter { $0 < count }
            let needs = Dictionary(uniqueKeysWithValues: below.map { ("c-\($0)", "^1.0.0") })
            try fixture.add(
                [
                    .init("0.9.0", of: "c-\(number)", needs: ["old": ">=1.0.0"]),
                    .init("1.0.0", of: "c-\(number)", needs: needs),
                ],
                to: "c-\(number)")
        }
        let peer = try fixture.server()
        let places = try fixture.places(peer)
        let place = try fixture.place(peer, in: places)
        place.prefetch([try CapsuleID("c-0"), try CapsuleID("missing")])
        let sent = try peer.sent()
        #expect(sent.count == count * 4 + 1)
        let connections = Set(sent.map(\.connection)).count
        #expect(connections > 1 && connections <= GitReleases.connections, "\(connections)")
        for number in 0..<count {
            #expect(try place.releases(of: CapsuleID("c-\(number)"))?.releases == (try fixture.truth("c-\(number)")))
        }
        #expect(try place.releases(of: CapsuleID("missing")) == nil)
        #expect(try peer.sent().count == sent.count)
        #expect(try fixture.left().store == [])
        // Again, by another command.
        let others = try fixture.places(peer)
        try fixture.place(peer, in: others).prefetch([CapsuleID("c-0")])
        #expect(try peer.sent().count == sent.count + count * 2)
        withExtendedLifetime((places, others)) {}
    }

    /// An address that could be that of a hub's owner: the registry is asked once, and isn't there.
    @Test func noticesThatAServerIsNoHub() throws {
        for id in ["kit", "other"] { try fixture.add([.init("1.0.0", of: id)], to: "acme/\(id)") }
        let peer = try fixture.server()
        let places = try fixture.places(peer)
        let place = try places.place(at: "http://127.0.0.1:\(peer.port)/acme")
        #expect(try place.releases(of: CapsuleID("kit"))?.releases.count == 1)
        place.prefetch([try CapsuleID("other"), try CapsuleID("missing")])
        #expect(try place.releases(of: CapsuleID("other"))?.releases.count == 1)
        #expect(try place.releases(of: CapsuleID("missing")) == nil)
        #expect(try peer.sent("api/").count == 1)
        #expect(try peer.sent("acme/").count == 9)
        withExtendedLifetime(places) {}
    }

    @Test func sendsTokens() throws {
        try fixture.add([.init("1.0.0", of: "kit")], to: "kit")
        let peer = try fixture.server(token: "secret")
        #expect(try fixture.ask(peer, "kit", token: "secret")?.count == 1)
        for token in ["wrong", nil] {
            #expect {
                try fixture.ask(peer, "kit", token: token)
            } throws: { ($0 as? AmxError)?.code == .authentication }
        }
    }

    /// What is here already is read here.
    @Test mutating func readsWhatIsHere() throws {
        try makeLarge("kit")
        let peer = try fixture.server(filter: false)
        let places = try fixture.places(peer)
        let place = try fixture.place(peer, in: places)
        let release = try #require(try place.releases(of: CapsuleID("kit"))?.releases.last)
        #expect(release.digest == nil)
        let content = try #require(try place.content(of: CapsuleID("kit"), release))
        #expect(content.manifest.version.text == "1.4.0")
        withExtendedLifetime(places) {}
        #expect(try fixture.left().store == ["kit.git"])
        try FileManager.default.removeItem(atPath: "\(fixture.workspace.cacheDirectory)/releases")
        let before = try peer.sent("kit.git").count
        #expect(try fixture.ask(peer, "kit") == (try fixture.truth("kit")))
        #expect(try peer.sent("kit.git").count == before + 2)
        // Something new comes with the history, which costs less than all of its files.
        try fixture.add([.init("2.0.0", of: "kit", [("more.md", [10])])], to: "kit")
        let middle = try peer.sent("kit.git").count
        #expect(try fixture.ask(peer, "kit") == (try fixture.truth("kit")))
        #expect(try peer.sent("kit.git").dropFirst(middle).map(\.bytes).reduce(0, +) < 5_000)
    }
}
