extension Resolver {
    /// The packages of a solution that the workspace needs, with who needs them.
    func resolved(_ request: ResolutionRequest, _ chosen: Choices) throws -> [ResolvedPackage] {
        let roots = request.requirements.filter { $0.requirement.kind != .optionalPeer }
            .map { catalogue.number(of: $0.requirement.package) }.filter { chosen[$0] != nil }
        // Each package's place among the packages found; -1 for those not found yet.
        var places = ContiguousArray<Int32>(repeating: -1, count: catalogue.entries.count)
        var found: ContiguousArray<(package: Catalogue.Package, dependents: [PackageName])> = []
        found.reserveCapacity(chosen.packages.count)
        func place(of package: Catalogue.Package) -> Int {
            if places[package] < 0 {
                places[package] = Int32(found.count)
                found.append((package, []))
            }
            return Int(places[package])
        }
        for root in roots { _ = place(of: root) }
        let rootCount = found.count
        var next = 0
        while next < found.count {
            let package = found[next].package
            next += 1
            guard let ordinal = chosen[package] else { continue }
            let name = catalogue.entries[package].name
            for id in catalogue.entries[package].facts {
                let link = catalogue.links[id]
                guard link.role == .needs || link.role == .wishes, Int(link.target) != package,
                    catalogue.selects(id, ordinal), let needed = chosen[Int(link.target)]
                else { continue }
                if link.role == .wishes, try !catalogue.accepted(by: id).contains(needed) { continue }
                let place = place(of: Int(link.target))
                if found[place].dependents.last != name { found[place].dependents.append(name) }
            }
        }
        var packages: [ResolvedPackage] = []
        packages.reserveCapacity(found.count)
        for (place, item) in found.enumerated() {
            packages.append(
                ResolvedPackage(
                    name: catalogue.entries[item.package].name,
                    candidate: try catalogue.list(of: item.package)[chosen[item.package] ?? 0],
                    dependents: item.dependents.count > 1 ? item.dependents.sorted() : item.dependents,
                    isRoot: place < rootCount))
        }
        packages.sort { $0.name < $1.name }
        return packages
    }
}
