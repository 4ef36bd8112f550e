/// A requirement of the workspace itself.
package struct RootRequirement: Hashable, Sendable {
    package let requirement: PackageRequirement
    /// Where it is written, such as `amx.json:12`, for reports.
    package let place: String?

    package init(_ requirement: PackageRequirement, place: String? = nil) {
        self.requirement = requirement
        self.place = place
    }
}

extension RootRequirement: Comparable {
    package static func < (left: RootRequirement, right: RootRequirement) -> Bool {
        left.requirement == right.requirement
            ? (left.place ?? "") < (right.place ?? "") : left.requirement < right.requirement
    }
}
