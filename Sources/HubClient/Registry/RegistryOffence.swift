/// Marks, as the cause of an error, how a server's answer broke the rules of an index.
package enum RegistryOffence: String, Error, Sendable, CaseIterable {
    /// More bytes than an index may have.
    case tooLarge
    /// JSON that is none, or a member that is missing or of another form.
    case malformed
    /// Of a later form than this version reads.
    case schema
    /// Of another capsule or owner.
    case otherCapsule
    /// A redirect, which an index never is.
    case redirect
    /// "Not modified", where nothing was named that could be.
    case unasked
}
