package import Capsules
package import Objects
package import Versions

/// Holds what capsules need of Node.js and Python against what this machine has: `nodeVersion` and `pythonVersion` of their manifests.
///
/// What is missing keeps nothing from being installed, since scripts may run elsewhere; it is told. Each program is asked once, and only when
/// a capsule needs it. One thread.
package struct RuntimeCheck {
    /// A program that scripts need.
    package enum Runtime: String, Sendable, Hashable, CaseIterable {
        case node
        case python

        /// What is run, with `--version`.
        var program: String { self == .node ? "node" : "python3" }
        /// What people call it.
        var name: String { self == .node ? "Node.js" : "Python" }
    }

    /// How long a program may take to say its version.
    private static let patience = Duration.seconds(10)

    private let look: (Runtime) -> String?
    private var found: [Runtime: SemanticVersion?] = [:]

    /// Prepares; `look` gives what a program says of its version, nil where it cannot be run.
    package init(look: @escaping (Runtime) -> String? = Self.ask) { self.look = look }

    /// What a plan's capsules need and this machine lacks, a sentence for each, in the order of the plan; nothing of what has not been fetched.
    package mutating func problems(
        of plan: InstallationPlan, in workspace: Workspace
    ) throws(AmxError) -> [String] {
        var problems: [String] = []
        let repositories = RepositoryNames(workspace)
        for step in plan.steps {
            guard let repository = try repositories.repository(step.id), repository.contains(step.release.commit)
            else { continue }
            let manifest = try workspace.capsule(step.id).manifest(ofTree: step.release.tree, in: repository)
            problems += self.problems(of: manifest)
        }
        return problems
    }

    /// What one capsule needs and this machine lacks, of some programs.
    package mutating func problems(
        of manifest: Manifest, among runtimes: Set<Runtime> = Set(Runtime.allCases)
    ) -> [String] {
        var problems: [String] = []
        for (runtime, constraint) in [(Runtime.node, manifest.nodeVersion), (.python, manifest.pythonVersion)] {
            guard let constraint, runtimes.contains(runtime) else { continue }
            let version = version(of: runtime)
            if let version, constraint.accepts(version) { continue }
            let here = version.map { "\($0) is here" } ?? "there is none here"
            problems.append("\(manifest.id) \(manifest.version) needs \(runtime.name) \(constraint), and \(here)")
        }
        return problems
    }

    private mutating func version(of runtime: Runtime) -> SemanticVersion? {
        if let known = found[runtime] { return known }
        let version = look(runtime).flatMap { Self.version(in: $0) }
        found[runtime] = .some(version)
        return version
    }

    /// The version in a program's words, such as `v18.19.0` or `Python 3.13.0rc1`: its first three numbers, whatever is behind them.
    package static func version(in words: String) -> SemanticVersion? {
        for word in words.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
            let digits = word.first == UInt8(ascii: "v") ? word.dropFirst() : word
            let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).prefix(3)
            let numbers = parts.map { part in String(decoding: part.prefix { (48...57).contains($0) }, as: UTF8.self) }
            if numbers.count == 3, let version = SemanticVersion(numbers.joined(separator: ".")) { return version }
        }
        return nil
    }

    /// Runs a program of PATH and gives what it says of its version.
    package static func ask(_ runtime: Runtime) -> String? {
        var program = Program(runtime.program, ["--version"])
        program.output = .kept(limit: 256)
        guard let outcome = try? program.run(within: patience), outcome.status == 0 else { return nil }
        return String(decoding: outcome.output, as: UTF8.self)
    }
}
