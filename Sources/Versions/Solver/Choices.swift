/// The version that a solve chose of a package.
struct Choice {
    let package: Catalogue.Package
    let ordinal: Int
}

/// The versions that were chosen: an ordinal for each needed package.
struct Choices {
    private(set) var packages: ContiguousArray<Catalogue.Package> = []
    /// By package of the catalogue; -1 for those that are not needed.
    private var ordinals: ContiguousArray<Int32> = []

    /// Takes what was chosen of a catalogue of so many packages.
    init(_ choices: ContiguousArray<Choice> = [], of count: Int = 0) {
        ordinals = ContiguousArray(repeating: -1, count: count)
        packages.reserveCapacity(choices.count)
        for choice in choices { append(choice) }
    }

    subscript(package: Catalogue.Package) -> Int? {
        package < ordinals.count && ordinals[package] >= 0 ? Int(ordinals[package]) : nil
    }

    mutating func append(_ choice: Choice) {
        while ordinals.count <= choice.package { ordinals.append(-1) }
        packages.append(choice.package)
        ordinals[choice.package] = Int32(choice.ordinal)
    }
}
