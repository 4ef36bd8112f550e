extension Catalogue {
    /// Reads packages and all that any of their versions needs, so that later solves find everything in memory.
    package func preload(_ names: [PackageName]) throws {
        var open = names.map { number(of: $0) }
        var seen = Set(open)
        while let package = open.popLast() {
            let list = try list(of: package)
            try read(CandidateSet(allOf: list.count), of: package)
            for id in entries[package].facts {
                _ = try accepted(by: id)
                if seen.insert(facts[id].target).inserted { open.append(facts[id].target) }
            }
        }
    }
}
