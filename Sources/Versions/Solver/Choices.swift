/// The versions that a solve chose: an ordinal for each needed package.
struct Choices {
    private(set) var packages: ContiguousArray<Catalogue.Package> = []
    /// By package of the catalogue; -1 for those that are not needed.
    private var ordinals: ContiguousArray<Int32>

    /// No choices yet, for a catalogue of so many packages.
    init(capacity: Int = 0) { ordinals = ContiguousArray(repeating: -1, count: capacity) }

    subscript(package: Catalogue.Package) -> Int? {
        package < ordinals.count && ordinals[package] >= 0 ? Int(ordinals[package]) : nil
    }

    mutating func append(_ package: Catalogue.Package, _ ordinal: Int) {
        packages.append(package)
        ordinals[package] = Int32(ordinal)
    }
}
