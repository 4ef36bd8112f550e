/// A capsule that is to be loaded, as far as the order is concerned.
package struct LoadCandidate: Hashable, Sendable {
    /// Its name, for messages; the order is by place, and names may repeat.
    package let name: String
    /// What it offers to others.
    package let provides: [Capability]
    /// What others must have offered before.
    package let requires: [String]

    /// Makes a candidate.
    package init(name: String, provides: [String], requires: [String]) {
        self.name = name
        self.provides = provides.map { Capability($0) }
        self.requires = requires
    }
}
