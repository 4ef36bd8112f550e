import ArgumentParser
import CLinux
import Foundation
import Objects
import Versions

/// `amx-bench resolve`: the solver on graphs and scenarios from files.
struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the resolver on a graph or on scenarios.",
        discussion: """
            The file may be gzipped. All of it is read before the first query, so the times are the solver's own; each query \
            starts from nothing but that. Exits with 1 when a verdict differs from what the file says.

                amx-bench resolve --graph crates-2019.json.gz
                amx-bench resolve --scenarios dart-pub.json --json

            Another resolver is measured in the same run, after this one, by a program that reads the graph at $GRAPH and prints a \
            line with `median Xms p90 Yms max Zms`:

                amx-bench resolve --graph crates-2019.json.gz --peer 'resolvo=python3 bench_rattler.py $GRAPH'
            """)

    @Option(help: "A graph of packages with queries.")
    var graph: String?

    @Option(help: "Small cases with what must come out.")
    var scenarios: String?

    @Option(help: "Only the query of this name.")
    var only: String?

    @Option(help: "How often each query runs; the quickest counts.")
    var rounds = 1

    @Option(help: "Give up after so many conflicts.")
    var conflicts = SolverLimits().conflicts

    @Flag(inversion: .prefixedNo, help: "Explain conflicts.")
    var explain = true

    @Option(
        help: ArgumentHelp("Another resolver to run on the same graph; can be repeated.", valueName: "name=command"))
    var peer: [String] = []

    @Flag(help: "Print one object with every query.")
    var json = false

    func validate() throws {
        guard (graph == nil) != (scenarios == nil) else { throw ValidationError("give --graph or --scenarios") }
        guard rounds > 0, conflicts > 0 else { throw ValidationError("--rounds and --conflicts must be at least 1") }
        guard peer.isEmpty || graph != nil else { throw ValidationError("--peer needs --graph") }
        if let wrong = peer.first(where: { ResolverPeer($0) == nil }) {
            throw ValidationError("'\(wrong)' is not of the form NAME=COMMAND")
        }
    }

    func run() throws {
        var results: [QueryResult] = []
        if let graph { results = try runGraph(graph) }
        if let scenarios { results = try runScenarios(scenarios) }
        let peers = try peer.compactMap(ResolverPeer.init).flatMap { try $0.run(on: graph ?? "") }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let report = Report(queries: results, peers: peers.isEmpty ? nil : peers)
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            summarise(results, peers)
        }
        if results.contains(where: { $0.wrong != nil }) { throw ExitCode(1) }
    }

    private struct Report: Encodable {
        let queries: [QueryResult]
        let peers: [ResolverPeer.Figures]?
    }

    private func runGraph(_ path: String) throws -> [QueryResult] {
        let file = try GraphFile(try InputFile.read(path))
        var known: [Bool: Resolver] = [:]
        return try file.queries.filter { only == nil || $0.name == only }.map { query in
            let source = GraphSource(file, hasPeers: query.hasPeers)
            let resolver =
                try known[query.hasPeers]
                ?? {
                    let catalogue = Catalogue(source)
                    try catalogue.preload(file.packages.map { PackageName($0.name) })
                    return Resolver(catalogue, limits: SolverLimits(conflicts: conflicts))
                }()
            known[query.hasPeers] = resolver
            let roots = query.roots.compactMap { source.requirement($0.package, $0.constraint, .required) }
            var result = try measure(query.name, resolver, ResolutionRequest(roots.map { RootRequirement($0) }))
            if let truth = query.truth, truth != result.verdict.rawValue { result.wrong = "expected \(truth)" }
            return result
        }
    }

    private func runScenarios(_ path: String) throws -> [QueryResult] {
        let file = try ScenarioFile(try InputFile.read(path))
        return try file.cases.filter { $0.isApplicable && (only == nil || $0.name == only) }.map { scenario in
            let (graph, request) = try scenario.request()
            let catalogue = Catalogue(graph)
            try catalogue.preload(scenario.packages.map { PackageName($0.name) })
            var result = try measure(
                scenario.name, Resolver(catalogue, limits: SolverLimits(conflicts: conflicts)), request)
            let expected: QueryResult.Verdict = scenario.isUnsatisfiable ? .unsat : .sat
            if result.verdict != expected { result.wrong = "expected \(expected.rawValue)" }
            if let solution = scenario.solution, solution != result.solution { result.expected = solution }
            return result
        }
    }

    private func measure(_ name: String, _ resolver: Resolver, _ request: ResolutionRequest) throws -> QueryResult {
        var (best, bestOfProcessor) = (Double.infinity, Double.infinity)
        var outcome = ResolutionOutcome.gaveUp(.conflicts(0))
        for _ in 0..<rounds {
            let (start, used) = (MonotonicClock.seconds(), Self.processorTime())
            outcome = try resolver.resolve(request)
            best = min(best, (MonotonicClock.seconds() - start) * 1e3)
            bestOfProcessor = min(bestOfProcessor, Self.processorTime() - used)
        }
        func result(_ verdict: QueryResult.Verdict) -> QueryResult {
            QueryResult(name: name, verdict: verdict, milliseconds: best, processorMilliseconds: bestOfProcessor)
        }
        switch outcome {
        case .gaveUp: return result(.gaveUp)
        case .resolved(let resolution):
            var found = result(.sat)
            found.solution = Dictionary(
                resolution.packages.map { ($0.name.id, $0.candidate.version.text) }, uniquingKeysWith: { $1 })
            return found
        case .conflict(let contradiction):
            var found = result(.unsat)
            guard explain else { return found }
            let start = Self.processorTime()
            let conflict = try contradiction.explain()
            found.explanationMilliseconds = Self.processorTime() - start
            found.core = conflict.facts.map(QueryResult.Fact.init)
            found.isMinimal = conflict.isMinimal
            found.report = conflict.lines
            return found
        }
    }

    /// What this process has had of the processor, in milliseconds.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }

    private func summarise(_ results: [QueryResult], _ peers: [ResolverPeer.Figures]) {
        for result in results
        where only != nil || result.wrong != nil || result.expected != nil || result.verdict == .gaveUp {
            let expected = result.wrong ?? result.expected.map { "expected \($0.sorted { $0.key < $1.key })" }
            print("\(result.name): \(result.verdict.rawValue)\(expected.map { ", \($0)" } ?? "")")
            for line in result.report ?? [] { print("  \(line)") }
            if let solution = result.solution, only != nil {
                for (name, version) in solution.sorted(by: { $0.key < $1.key }) { print("  \(name) \(version)") }
            }
        }
        func row(_ what: String, _ times: [Double]) {
            let sorted = times.sorted()
            guard let last = sorted.last else { return }
            let shown = [sorted[sorted.count / 2], sorted[sorted.count * 9 / 10], last, times.reduce(0, +)]
            let texts = shown.map { String(format: "%.3f", $0) }
            print("| \(what) | \(times.count) | \(texts.joined(separator: " | ")) |")
        }
        print("| ms | queries | median | p90 | max | all |")
        print("|---|---|---|---|---|---|")
        row("solve", results.map(\.milliseconds))
        row("solve, processor", results.map(\.processorMilliseconds))
        row("explain, processor", results.compactMap(\.explanationMilliseconds))
        for peer in peers { print("| \(peer.name) | | \(peer.median) | \(peer.p90) | \(peer.max) | |") }
        let count = { (verdict: QueryResult.Verdict) in results.count { $0.verdict == verdict } }
        let wrong = results.count { $0.wrong != nil }
        let other = results.count { $0.expected != nil }
        print(
            "sat \(count(.sat)), unsat \(count(.unsat)), gave up \(count(.gaveUp)), wrong \(wrong), "
                + "other solution \(other)")
        for peer in peers { print("\(peer.name): \(peer.line)") }
    }
}

extension QueryResult.Fact {
    init(_ fact: ConflictFact) {
        var speakers: String?
        switch fact.cause {
        case .package(let name, let versions):
            from = name.description
            speakers = versions.description
        case .workspace, .chosen: from = "workspace"
        case .locked: from = "lock"
        case .unusable(let reason): from = reason
        }
        versions = speakers
        to = fact.target.description
        constraint = fact.constraint
        kind = fact.kind?.rawValue
    }
}
