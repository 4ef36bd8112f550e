package import Objects

/// A gate that lets nothing through (row S-085).
package struct DenyAll: Gate {
    package let capsule: String

    package init(capsule: String) { self.capsule = capsule }

    package func checkHTTP(_ url: String) throws(Denial) -> HTTPTarget { throw all(.http) }

    package func checkFile(_ path: String, for access: FileAccess) throws(Denial) { throw all(access.check) }

    package func openFile(
        _ path: String, for access: FileAccess, creating: Bool, truncating: Bool
    ) throws(AmxError) -> OpenFile {
        throw all(access.check).error
    }

    package func checkProcess(_ words: [String]) throws(Denial) { throw all(.hostProcess) }

    package func checkBind(_ address: String?) throws(Denial) { throw all(.netBind) }

    package func checkConnect(_ target: String) throws(Denial) -> ConnectTarget { throw all(.netConnect) }

    package func checkResolved(_ address: IPAddress, of host: NetworkHost, for check: Check) throws(Denial) {
        throw all(check)
    }

    package func checkUplink() throws(Denial) { throw all(.uplinkRegister) }

    package func checkIdentity(_ operation: IdentityOperation) throws(Denial) { throw all(.identity) }

    private func all(_ check: Check) -> Denial {
        denial(
            check, "this gate lets nothing through", rule: "deny all",
            remedy: "run the capsule behind its manifest's gate")
    }
}
