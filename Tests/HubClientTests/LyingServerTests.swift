import Capsules
import Foundation
import Objects
import TestSupport
import Testing

/// Git servers that send something else than the parts of a repository that they were asked for.
@Suite struct LyingServerTests {
    @Test func theOthersAreOfAServerThatCouldBe() throws {
        let fixture = try GitReleasesFixture()
        let peer = try PeerServer(script: PeerServer.lying)
        let releases = try fixture.ask(peer, "good")
        #expect(releases?.map(\.name) == ["v1.0.0"] && releases?.allSatisfy { $0.problem == nil } == true)
        #expect(try peer.requests().count == 4)
    }

    @Test(
        arguments: [
            ("others", nil, "neither in the pack nor here"), ("tags", nil, "neither in the pack nor here"),
            ("nothing", nil, "neither in the pack nor here"), ("sum", .verification, "its checksum does not fit"),
            ("form", .failure, "cannot take commit"), ("tree", .failure, "a:b"),
            ("endless", .network, "the rest is endless"), ("error", nil, "?[31mno? filter here"),
            ("late", .network, "died"), ("gone", .notFound, "cannot find"),
        ] as [(String, AmxError.Code?, String)])
    func endInAnErrorAndLeaveNothing(kind: String, code: AmxError.Code?, words: String) throws {
        let fixture = try GitReleasesFixture()
        let peer = try PeerServer(script: PeerServer.lying)
        let start = ContinuousClock.now
        #expect {
            try fixture.ask(peer, kind)
        } throws: { error in
            guard let error = error as? AmxError else { return false }
            #expect(error.message.contains(words) && (code == nil || error.code == code), "\(error)")
            return error.message.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
        #expect(ContinuousClock.now - start < .seconds(300))
        #expect(try fixture.left().store == [])
        #expect(try fixture.left().cache == [])
        #expect(try peer.requests().count <= 12)
    }

    /// A manifest that is too large makes its release unusable, and no more.
    @Test func aLargeManifestIsNotTaken() throws {
        let fixture = try GitReleasesFixture()
        let peer = try PeerServer(script: PeerServer.lying)
        let release = try #require(try fixture.ask(peer, "large")?.first)
        #expect(release.problem == "manifest.json is larger: the limit 'manifestBytes' is 1048576")
    }
}
