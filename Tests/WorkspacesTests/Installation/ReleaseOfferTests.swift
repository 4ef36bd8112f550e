import Capsules
import Objects
import Testing
import Versions

@testable import Workspaces

@Suite struct ReleaseOfferTests {
    private func release(_ version: String, _ tag: UInt8, isYanked: Bool = false) throws -> Release {
        let id = try #require(ObjectID(bytes: [UInt8](repeating: tag, count: ObjectID.byteCount)))
        return Release(
            version: try SemanticVersion(parsing: version), tag: id, commit: id, tree: id, manifest: id, digest: nil,
            isYanked: isYanked)
    }

    @Test(
        arguments: [
            ["1.0.0", "1.1.0", "2.0.0-rc.1", "2.0.0"], ["2.0.0", "1.0.0", "1.1.0", "2.0.0-rc.1"], ["1.0.0"], [],
        ])
    func candidatesAscendWithTheirReleases(_ versions: [String]) throws {
        let releases = try versions.enumerated().map { try release($1, UInt8($0)) }
        let offer = ReleaseOffer([("a", releases)])
        #expect(offer.candidates == releases.map { Candidate($0.version, source: "a") }.sorted())
        for release in releases {
            let candidate = Candidate(release.version, source: "a")
            #expect(offer[candidate] == release)
            for guess in 0...versions.count {
                let place = try #require(offer.place(of: candidate, at: guess))
                #expect(offer.candidates[place] == candidate && offer.releases[place] == release)
            }
        }
        #expect(offer[Candidate(SemanticVersion(9, 0, 0), source: "a")] == nil)
        #expect(offer.place(of: Candidate(SemanticVersion(1, 0, 0), source: "b"), at: 0) == nil)
    }

    @Test func keepsSourcesApart() throws {
        let (first, second) = (try release("1.0.0", 1), try release("1.0.0", 2))
        let offer = ReleaseOffer([("b", [second]), ("a", [first])])
        #expect(offer.candidates.map(\.source) == ["a", "b"])
        #expect(offer[Candidate(SemanticVersion(1, 0, 0), source: "b")] == second)
        #expect(offer[Candidate(SemanticVersion(1, 0, 0), source: "a")] == first)
    }

    /// The one whose text is higher bytewise wins.
    @Test func takesTheLastOfThoseThatDifferInBuildMetadata() throws {
        let releases = [
            try release("1.0.0+c", 3), try release("1.0.0+a", 1), try release("1.0.0+b", 2, isYanked: true),
            try release("0.9.0", 4),
        ]
        let offer = ReleaseOffer([("a", releases)])
        #expect(
            offer.candidates.map(\.version) == [
                SemanticVersion(0, 9, 0), SemanticVersion(1, 0, 0), SemanticVersion(1, 0, 0),
            ])
        #expect(offer[Candidate(SemanticVersion(1, 0, 0), source: "a")] == releases[0])
        #expect(offer[Candidate(SemanticVersion(1, 0, 0), source: "a", isYanked: true)] == releases[2])
    }
}
