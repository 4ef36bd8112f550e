/// PubGrub over numbered packages: finds one version of everything that is needed, or the facts that rule it out.
///
/// Every package has a domain, a set of candidates and of "none", that shrinks by unit propagation over nogoods and by decisions.
/// A conflict is resolved with the reasons of its latest satisfiers until it holds one package of the current level only; what
/// results is learned, and the solve jumps back to where it tells something new. There are no dictionaries in the inner
/// loops, and ties are broken by the order in which packages were found, which depends on names alone: the answer
/// does not depend on the order of the input. See Weizenbaum, "PubGrub" (dart-lang/pub, doc/solver.md).
struct Solver: ~Copyable {
    let catalogue: Catalogue
    /// What the solve was told, and of what is fixed that which it has come across.
    private(set) var givens: [Given]
    /// What must not move; nil where all that counts was told.
    let fixed: FixedChoices?
    let limits: SolverLimits
    /// The ordinal to try first, by package of the catalogue.
    let preferences: [Catalogue.Package: Int]

    // Packages, numbered as this solve finds them.
    var packages: ContiguousArray<PackageState>
    /// The number here of each package of the catalogue; -1 for those not found yet.
    var numbers: ContiguousArray<Int32>
    /// The releases of each package, the candidates whose facts take part, and what is left, word for word.
    var releases: ContiguousArray<UInt64>
    var active: ContiguousArray<UInt64>
    var domains: ContiguousArray<UInt64>

    // The state that decisions change.
    var trail: ContiguousArray<TrailEntry>
    /// Old domains that take several words.
    var olds: ContiguousArray<UInt64> = []
    /// Packages that must be there, in the order in which that became known.
    var required: ContiguousArray<UInt32>
    var levels: ContiguousArray<LevelStart>
    /// What is to be decided, as of the entry of the trail that was looked at last.
    var undecided: PriorityQueue<UInt64>
    var trailSeen = 0
    /// Packages whose place among those to be decided has changed in other ways than by new entries.
    var unsettled: ContiguousArray<UInt32>

    // Nogoods.
    var permanent: NogoodStore
    var learned = NogoodStore()
    var occurrences: PackageLists<Occurrence>
    var watches: PackageLists<UInt32>
    /// Permanent nogoods of one term that became known after a decision.
    var unary: [Int] = []
    /// When each learned nogood last took part in a conflict.
    var lastUse: ContiguousArray<UInt32> = []
    var derivations = Derivations()
    /// When to forget next.
    var learnedLimit: Int

    var queue: ContiguousArray<UInt32>
    var queueHead = 0
    /// The facts that are being brought in.
    var incoming: ContiguousArray<IncomingFact>

    var conflict: ConflictTerms
    var conflicts = 0
    var conflictsSinceRestart = 0
    /// How many nogoods and terms were looked at: what a solve's time follows.
    var steps = 0
    var restarts = 0

    /// Where the parts of the state stood when a level began.
    struct LevelStart {
        let trail: Int
        let required: Int
        let olds: Int
    }

    init(
        _ catalogue: Catalogue, _ givens: [Given], beside fixed: FixedChoices? = nil,
        preferences: [Catalogue.Package: Int] = [:], limits: SolverLimits = SolverLimits()
    ) {
        self.catalogue = catalogue
        self.givens = givens
        self.fixed = fixed
        self.preferences = preferences
        self.limits = limits
        learnedLimit = limits.learned
        let storage = catalogue.takeStorage()
        (packages, numbers) = (storage.packages, storage.numbers)
        (releases, active, domains) = (storage.releases, storage.active, storage.domains)
        (trail, required, levels) = (storage.trail, storage.required, storage.levels)
        (permanent, occurrences, watches) = (storage.permanent, storage.occurrences, storage.watches)
        (queue, incoming, conflict) = (storage.queue, storage.incoming, storage.conflict)
        (undecided, unsettled) = (storage.undecided, storage.unsettled)
        let count = catalogue.entries.count
        numbers.reserveCapacity(count)
        while numbers.count < count { numbers.append(-1) }
    }

    /// Solves. Call it once.
    mutating func run() throws -> SolverOutcome {
        var found = try addGivens()
        while true {
            if found == nil { found = try propagate() }
            if let nogood = found {
                clearQueue()
                if steps >= limits.steps { return .gaveUp }
                conflicts += 1
                guard let next = learn(from: nogood) else { return contradiction() }
                if conflicts >= limits.conflicts { return .gaveUp }
                found = next
                continue
            }
            if steps >= limits.steps { return .gaveUp }
            if mayRestart {
                found = restart()
                continue
            }
            guard let package = nextPackage() else { return solution() }
            try decide(package)
        }
    }

    /// Adds something that the solve is told from now on, and gives its number.
    mutating func add(_ given: Given) -> Int {
        givens.append(given)
        return givens.count - 1
    }

    private func solution() -> SolverOutcome {
        var chosen: ContiguousArray<Choice> = []
        chosen.reserveCapacity(required.count)
        for package in required {
            chosen.append(Choice(package: Int(packages[Int(package)].name), ordinal: best(of: Int(package))))
        }
        return .solution(chosen)
    }
}
