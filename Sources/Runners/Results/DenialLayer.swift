/// Who says no, in the order in which they are asked; the first one that does is named. The raw values are stable.
package enum DenialLayer: String, Hashable, Sendable, CaseIterable {
    /// What the caller may do at all.
    case role
    /// The security level asks for an approval that is not there.
    case approval
    /// The manifest does not declare it.
    case gate
    /// No grant of the manifest's permissions allows it.
    case permission
    /// A limit is reached.
    case quota
}
