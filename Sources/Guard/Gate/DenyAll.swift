package import Objects

/// A gate that lets nothing through (row S-085).
package struct DenyAll: Gate {
    package let capsule: String

    package init(capsule: String) { self.capsule = capsule }

    package func checkHTTP(_ url: String) throws(AccessDenial) -> HTTPTarget { throw all(.http) }

    package func checkFile(_ path: String, for access: FileAccess) throws(AccessDenial) { throw all(access.check) }

    package func openFile(
        _ path: String, for access: FileAccess, creating: Bool, truncating: Bool
    ) throws(AmxError) -> OpenFile {
        throw all(access.check).error
    }

    package func checkProcess(_ words: [String]) throws(AccessDenial) { throw all(.hostProcess) }

    package func checkBind(_ address: String?) throws(AccessDenial) { throw all(.netBind) }

    package func checkConnect(_ target: String) throws(AccessDenial) -> ConnectTarget { throw all(.netConnect) }

    package func checkResolved(_ address: IPAddress, of host: NetworkHost, for check: GateCheck) throws(AccessDenial) {
        throw all(check)
    }

    package func checkUplink() throws(AccessDenial) { throw all(.uplinkRegister) }

    package func checkIdentity(_ operation: IdentityOperation) throws(AccessDenial) { throw all(.identity) }

    private func all(_ check: GateCheck) -> AccessDenial {
        denial(
            check, "this gate lets nothing through", rule: "deny all",
            remedy: "run the capsule behind its manifest's gate")
    }
}
