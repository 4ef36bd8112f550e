/// The arrays of a solve that has ended, emptied, for the next one over the same catalogue: most solves are so small that
/// making and growing arrays would be half of their work.
struct SolverStorage {
    var packages: ContiguousArray<PackageState> = []
    /// -1 for every package of the catalogue that there was.
    var numbers: ContiguousArray<Int32> = []
    var releases: ContiguousArray<UInt64> = []
    var active: ContiguousArray<UInt64> = []
    var domains: ContiguousArray<UInt64> = []
    var trail: ContiguousArray<TrailEntry> = []
    var required: ContiguousArray<UInt32> = []
    var levels: ContiguousArray<Solver.LevelStart> = []
    var undecided = PriorityQueue<UInt64>()
    var unsettled: ContiguousArray<UInt32> = []
    var permanent = NogoodStore()
    var occurrences = PackageLists<Occurrence>()
    var watches = PackageLists<UInt32>()
    var queue: ContiguousArray<UInt32> = []
    var incoming: ContiguousArray<IncomingFact> = []
    var conflict = ConflictTerms()
}

extension Solver {
    /// Ends the solve and leaves its arrays to the next one.
    mutating func leaveStorage() {
        // Other packages were not looked at.
        for package in packages { numbers[Int(package.name)] = -1 }
        var storage = SolverStorage()
        swap(&storage.numbers, &numbers)
        Self.move(&packages, to: &storage.packages)
        Self.move(&releases, to: &storage.releases)
        Self.move(&active, to: &storage.active)
        Self.move(&domains, to: &storage.domains)
        Self.move(&trail, to: &storage.trail)
        Self.move(&required, to: &storage.required)
        Self.move(&levels, to: &storage.levels)
        Self.move(&queue, to: &storage.queue)
        Self.move(&incoming, to: &storage.incoming)
        Self.move(&unsettled, to: &storage.unsettled)
        swap(&storage.undecided, &undecided)
        storage.undecided.removeAll()
        swap(&storage.permanent, &permanent)
        storage.permanent.clear()
        swap(&storage.occurrences, &occurrences)
        storage.occurrences.clear()
        swap(&storage.watches, &watches)
        storage.watches.clear()
        swap(&storage.conflict, &conflict)
        storage.conflict.clear()
        catalogue.keep(storage)
    }

    /// Hands an array over, emptied, with the room that it has.
    private static func move<Element>(
        _ array: inout ContiguousArray<Element>, to kept: inout ContiguousArray<Element>
    ) {
        swap(&array, &kept)
        kept.removeAll(keepingCapacity: true)
    }
}
