import Glibc
package import Objects

/// A gate that lets everything through that can be read at all: for tests alone (row S-085).
package struct AllowAll: Gate {
    package let capsule: String

    package init(capsule: String) { self.capsule = capsule }

    package func checkHTTP(_ url: String) throws(AccessDenial) -> HTTPTarget { try target(url) }

    package func checkFile(_ path: String, for access: FileAccess) throws(AccessDenial) {}

    package func openFile(
        _ path: String, for access: FileAccess, creating: Bool, truncating: Bool
    ) throws(AmxError) -> OpenFile {
        switch access {
        case .read: try OpenFile(path, O_RDONLY | O_NONBLOCK)
        case .write:
            try OpenFile(path, O_WRONLY | O_NONBLOCK | (creating ? O_CREAT : 0) | (truncating ? O_TRUNC : 0))
        }
    }

    package func checkProcess(_ words: [String]) throws(AccessDenial) {}

    package func checkBind(_ address: String?) throws(AccessDenial) {}

    package func checkConnect(_ target: String) throws(AccessDenial) -> ConnectTarget { try connectTarget(target) }

    package func checkResolved(_ address: IPAddress, of host: NetworkHost, for check: GateCheck) throws(AccessDenial) {}

    package func checkUplink() throws(AccessDenial) {}

    package func checkIdentity(_ operation: IdentityOperation) throws(AccessDenial) {}
}
