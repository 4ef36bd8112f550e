import Testing

@testable import Versions

/// What a workspace's request comes to.
@Suite struct ResolverTests {
    @Test func choosesTheHighestReleaseThatFits() throws {
        let registry = try Registry([
            "a 1.0.0": [], "a 1.1.0": ["b ^1.0.0"], "a 2.0.0-rc.1": [], "b 1.0.0": [], "b 1.4.0": [], "b 2.0.0": [],
        ])
        #expect(try registry.solve(Registry.request(["a *"])) == ["a 1.1.0", "b 1.4.0"])
        #expect(try registry.solve(Registry.request(["a latest"])) == ["a 1.1.0", "b 1.4.0"])
        #expect(try registry.solve(Registry.request(["a ^2.0.0-rc.1"])) == ["a 2.0.0-rc.1"])
        #expect(try registry.solve(Registry.request(["a *", "b =1.0.0"])) == ["a 1.1.0", "b 1.0.0"])
        #expect(try registry.solve(Registry.request([])).isEmpty)
    }

    @Test func saysWhoNeedsWhat() throws {
        let registry = try Registry(["a 1.0.0": ["c *"], "b 1.0.0": ["c *", "a *"], "c 1.0.0": []])
        let resolution = try #require(try registry.resolution(Registry.request(["b *", "c *"])))
        #expect(
            resolution.packages.map { "\($0.name) \($0.dependents) \($0.isRoot)" } == [
                "a [b] false", "b [] true", "c [a, b] true",
            ])
    }

    @Test func aPrereleaseStaysWithTheRequirementThatNamesIt() throws {
        let registry = try Registry([
            "a 1.0.0": ["b >=1.0.0-rc.1 <2.0.0"], "b 1.0.0-beta": [], "b 1.0.0-rc.2": [], "b 1.1.0-rc.1": [],
            "c 1.0.0": ["b ^1.0.0"],
        ])
        #expect(try registry.solve(Registry.request(["a *"])) == ["a 1.0.0", "b 1.0.0-rc.2"])
        let conflict = try #require(try registry.conflict(Registry.request(["a *", "c *"])))
        #expect(conflict.lines.contains("every c needs b ^1.0.0, but only pre-releases such as 1.1.0-rc.1 match"))
        let lines = try registry.solve(Registry.request(["b ^1.0.0"]))
        #expect(lines.contains("try: admit pre-releases of b: 1.1.0-rc.1 would do"))
    }

    @Test func withdrawnVersionsAreKeptButNotChosen() throws {
        let registry = try Registry(["a 1.0.0": [], "a 1.1.0 yanked": []])
        #expect(try registry.solve(Registry.request(["a *"])) == ["a 1.0.0"])
        #expect(try registry.solve(Registry.request(["a *"], locked: ["a 1.1.0"])) == ["a 1.1.0"])
        let all = ResolutionRequest.Update.everything
        #expect(try registry.solve(Registry.request(["a *"], locked: ["a 1.1.0"], update: all)) == ["a 1.0.0"])
        #expect(
            try registry.solve(Registry.request(["a ^1.1.0"])).contains(
                "the workspace requires a ^1.1.0, but a 1.1.0 was withdrawn"))
    }

    @Test func peersArePulledInAndOptionalPeersOnlyConstrain() throws {
        let registry = try Registry([
            "plugin 1.0.0": ["peer host ^1.0.0", "optionalPeer theme ^1.0.0"], "host 1.0.0": [], "host 2.0.0": [],
            "theme 1.0.0": [], "theme 2.0.0": [],
        ])
        #expect(try registry.solve(Registry.request(["plugin *"])) == ["host 1.0.0", "plugin 1.0.0"])
        let together = ["host 1.0.0", "plugin 1.0.0", "theme 1.0.0"]
        #expect(try registry.solve(Registry.request(["plugin *", "theme *"])) == together)
        let conflict = try #require(try registry.conflict(Registry.request(["plugin *", "host ^2.0.0"])))
        #expect(conflict.facts.contains { $0.kind == .peer })
        #expect(conflict.lines.contains { $0.contains("every plugin has the peer host ^1.0.0") })
    }

    @Test func developmentRequirementsCountForTheWorkspaceOnly() throws {
        let registry = try Registry(["a 1.0.0": ["development tool *"], "tool 1.0.0": []])
        #expect(try registry.solve(Registry.request(["a *"])) == ["a 1.0.0"])
        #expect(try registry.solve(Registry.request(["a *", "development tool *"])) == ["a 1.0.0", "tool 1.0.0"])
        let lines = try registry.solve(Registry.request(["development tool ^2.0.0"]))
        #expect(lines.contains { $0.hasPrefix("the workspace requires for development tool ^2.0.0") })
    }

    @Test func optionalRequirementsAreAddedOrDroppedWithAReason() throws {
        let registry = try Registry([
            "a 1.0.0": ["optional fast ^1.0.0", "optional gone *", "c ^1.0.0"], "fast 1.0.0": ["native *"],
            "native 1.0.0": ["optional b *", "c *"], "b 1.0.0": ["c ^2.0.0"], "c 1.0.0": [], "c 2.0.0": [],
        ])
        let resolution = try #require(
            try registry.resolution(Registry.request(["a *", "optional c ^2.0.0", "optional native *"])))
        #expect(resolution.packages.map(\.name.id) == ["a", "c", "fast", "native"])
        #expect(resolution.packages.last?.dependents.map(\.id) == ["fast"])
        #expect(
            resolution.dropped.map { "\($0.dependent?.id ?? "-") \($0.requirement.package): \($0.reason)" } == [
                "native b: every b needs c ^2.0.0", "- c: c 1.0.0 is chosen", "a gone: gone is not known",
            ])
    }

    @Test func lanesKeepVersionsApart() throws {
        let registry = try Registry(["a 1.0.0": ["b#old ^1.0.0"], "b#old 1.0.0": [], "b 2.0.0": []])
        #expect(try registry.solve(Registry.request(["a *", "b ^2.0.0"])) == ["a 1.0.0", "b 2.0.0", "b (old) 1.0.0"])
    }

    @Test func onlyTheNamedSourceAnswers() throws {
        let registry = try Registry([
            "core 1.0.0 @acme": ["util@acme *"], "core 9.0.0 @public": [], "util 1.0.0 @acme": [],
            "util 7.0.0 @public": [],
            "tool 1.0.0 @public": [],
        ])
        #expect(try registry.solve(Registry.request(["core@acme *"])) == ["core 1.0.0", "util 1.0.0"])
        #expect(try registry.solve(Registry.request(["core@acme *", "util *"])) == ["core 1.0.0", "util 1.0.0"])
        #expect(try registry.solve(Registry.request(["core@acme latest"])) == ["core 1.0.0", "util 1.0.0"])
        let conflict = try #require(try registry.conflict(Registry.request(["core@acme ^9.0.0"])))
        #expect(conflict.denials.map(\.offeredBy) == [["public"]])
        #expect(conflict.lines.contains("denied: core may only come from acme, although public has it"))
        #expect(
            conflict.lines.contains("the workspace requires core ^9.0.0 from acme, but only public has it, not acme"))
        let other = try #require(try registry.conflict(Registry.request(["core@acme ^2.0.0"])))
        #expect(other.denials.isEmpty)
        let unknown = try #require(try registry.conflict(Registry.request(["tool@acme *"])))
        #expect(unknown.denials.map(\.requirement.package.id) == ["tool"])
    }

    @Test func unusableVersionsArePassedOver() throws {
        struct Broken: CandidateSource {
            let hasManifestsAtHand: Bool
            func candidates(of package: PackageName) -> [Candidate] {
                package.id == "a" ? (1...3).map { Candidate(SemanticVersion($0, 0, 0)) } : []
            }
            func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) -> CandidateManifest {
                ordinal == 0 ? .requirements([]) : .unusable("its manifest is not JSON")
            }
        }
        for isWhole in [true, false] {
            let resolver = Resolver(Catalogue(Broken(hasManifestsAtHand: isWhole)))
            guard case .resolved(let resolution) = try resolver.resolve(Registry.request(["a *"])) else {
                Issue.record("no solution")
                continue
            }
            #expect(resolution.version(of: PackageName("a")) == SemanticVersion(1, 0, 0))
            guard case .conflict(let contradiction) = try resolver.resolve(Registry.request(["a >=2.0.0"])) else {
                Issue.record("a solution")
                continue
            }
            let lines = try contradiction.explain().lines
            #expect(lines.contains { $0.contains("cannot be used: its manifest is not JSON") }, "\(lines)")
        }
    }

    @Test func anErrorOfTheSourceEndsTheSolve() throws {
        struct Offline: Error {}
        struct Failing: CandidateSource {
            var hasManifestsAtHand: Bool { true }
            func candidates(of package: PackageName) throws -> [Candidate] { throw Offline() }
            func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) -> CandidateManifest {
                .requirements([])
            }
        }
        #expect(throws: Offline.self) {
            _ = try Resolver(Catalogue(Failing())).resolve(Registry.request(["a *"]))
        }
    }

    @Test func anErrorHalfWayLeavesTheCatalogueUsable() throws {
        struct Broken: Error {}
        final class Switch { var isOn = true }
        struct Flaky: CandidateSource {
            let graph: PackageGraph
            let fails: Switch
            var hasManifestsAtHand: Bool { true }
            func candidates(of package: PackageName) -> [Candidate] { graph.candidates(of: package) }
            func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) throws -> CandidateManifest
            {
                if fails.isOn, ordinal == 1 { throw Broken() }
                return graph.manifest(of: package, candidate, at: ordinal)
            }
        }
        let registry = try Registry(["a 1.0.0": ["b *"], "a 2.0.0": ["b ^1.0.0"], "b 1.0.0": ["a *"], "b 2.0.0": []])
        let fails = Switch()
        let resolver = Resolver(Catalogue(Flaky(graph: registry.graph, fails: fails)))
        let request = try Registry.request(["b =1.0.0"])
        #expect(throws: Broken.self) { _ = try resolver.resolve(request) }
        fails.isOn = false
        guard case .resolved(let resolution) = try resolver.resolve(request) else {
            Issue.record("no solution")
            return
        }
        #expect(resolution.packages.map { "\($0.name) \($0.candidate.version)" } == ["a 2.0.0", "b 1.0.0"])
    }

    @Test func tooManyVersionsAreRefused() throws {
        var graph = PackageGraph()
        for number in 0...UInt64(Catalogue.candidates) {
            graph.add(PackageName("a"), Candidate(SemanticVersion(number, 0, 0)))
        }
        let error = #expect(throws: CandidateLimitError.self) {
            _ = try Resolver(Catalogue(graph)).resolve(Registry.request(["a *"]))
        }
        #expect(error?.description == "a has 16385 versions; at most 16384 are taken")
    }

    @Test func aSourceIsToldAheadAndAskedOnce() throws {
        // Nine versions of a fail one after the other: more and more of the next are announced.
        var words: KeyValuePairs<String, [String]> { ["c 1.0.0": [], "b 1.0.0": ["c ^2.0.0"], "a 0.1.0": []] }
        var graph = try Registry(words).graph
        for minor in 2...10 as ClosedRange<UInt64> {
            let needs = [try Registry.requirement("b ^1.0.0")]
            graph.add(PackageName("a"), Candidate(SemanticVersion(0, minor, 0)), needs)
        }
        let log = Log()
        let resolver = Resolver(Catalogue(LoggedGraph(graph: graph, log: log)))
        guard case .resolved(let resolution) = try resolver.resolve(Registry.request(["a *"])) else {
            Issue.record("no solution")
            return
        }
        #expect(resolution.version(of: PackageName("a")) == SemanticVersion(0, 1, 0))
        #expect(log.announced.first == ["0.10.0"])
        #expect(log.announced.contains { $0.count > 2 })
        #expect(Set(log.asked).count == log.asked.count, "\(log.asked)")
    }

    /// What a source was told and asked.
    private final class Log {
        var announced: [[String]] = []
        var asked: [String] = []
    }

    private struct LoggedGraph: CandidateSource {
        let graph: PackageGraph
        let log: Log

        var hasManifestsAtHand: Bool { false }

        func candidates(of package: PackageName) -> [Candidate] {
            log.asked.append(package.id)
            return graph.candidates(of: package)
        }

        func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) -> CandidateManifest {
            log.asked.append("\(package) \(candidate.version)")
            return graph.manifest(of: package, candidate, at: ordinal)
        }

        func prefetchManifests(of package: PackageName, _ candidates: [Candidate]) {
            if package.id == "a" { log.announced.append(candidates.map(\.version.text)) }
        }
    }
}
