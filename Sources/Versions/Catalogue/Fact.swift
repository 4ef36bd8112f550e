/// "These versions of a package need one of those versions of another": what a solve takes for granted.
///
/// Versions that say the same share one fact, whether or not they are neighbours. A fact only ever speaks of versions whose
/// manifests were read.
struct Fact {
    /// A fact's number in its catalogue.
    typealias ID = Int

    /// The package that needs.
    let package: Int
    /// The package that is needed; the same package for a version that cannot be used.
    let target: Int
    /// The versions that need it.
    var selector: CandidateSet
    /// What stands in the manifests; nil for versions that cannot be used.
    let requirement: PackageRequirement?
    /// What the requirement accepts, as text: the last thing that facts are ordered by.
    let text: String
    /// Why the versions cannot be used.
    let reason: String?
    /// The versions of the target that will do; nil until the target's candidates were needed.
    var accepted: CandidateSet?

    init(
        package: Int, target: Int, selector: CandidateSet, requirement: PackageRequirement?, reason: String?,
        accepted: CandidateSet?
    ) {
        self.package = package
        self.target = target
        self.selector = selector
        self.requirement = requirement
        self.reason = reason
        self.accepted = accepted
        text = requirement?.accepted.description ?? ""
    }
}
