/// Why a host function did not do what it was asked for.
package struct HostFault: Error, Hashable, Sendable {
    /// What kind of refusal it is; the raw values are JSON-RPC's codes of errors.
    package enum Kind: Int64, Hashable, Sendable, CaseIterable {
        /// The capsule may not do that.
        case denied = -32_001
        /// A limit is reached.
        case quotaExceeded = -32_002
        /// What was asked for is not there.
        case notFound = -32_003
        /// Something outside failed.
        case failed = -32_004
        /// No such function.
        case unknownMethod = -32_601
        /// It was not called as it must be.
        case invalidParameters = -32_602
    }

    package var kind: Kind
    package var message: String

    package init(_ kind: Kind, _ message: String) { (self.kind, self.message) = (kind, message) }
}
