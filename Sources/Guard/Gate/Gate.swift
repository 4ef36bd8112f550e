package import Objects

/// Decides what a capsule's code may reach outside of itself, each time that it asks (rows S-070 to S-086).
///
/// A check that returns allows; one that throws denies, and says why. What is allowed says nothing about the other
/// layers, all of which must allow.
package protocol Gate: Sendable {
    /// Whose it is.
    var capsule: String { get }

    /// Checks a request of HTTP, and gives where it goes: that is to be requested, not the text that was asked for.
    /// Each redirection is a request of its own.
    ///
    /// Only the host's name is checked: the address that it is resolved to goes through ``checkResolved(_:of:for:)``.
    func checkHTTP(_ url: String) throws(AccessDenial) -> HTTPTarget

    /// Checks a path for reading or writing. It can lead elsewhere once this has returned: whoever then opens it does
    /// so by ``openFile(_:for:creating:truncating:)``.
    func checkFile(_ path: String, for access: FileAccess) throws(AccessDenial)

    /// Checks a path and opens what was checked: a link put in its place meanwhile is refused.
    ///
    /// Reading opens a file or a folder, writing a file, which is made where there is none if `creating`, in a folder
    /// that is there. What is neither is not opened. Denials come as their ``AccessDenial/error``.
    func openFile(
        _ path: String, for access: FileAccess, creating: Bool, truncating: Bool
    ) throws(AmxError) -> OpenFile

    /// Checks a program of the host and its arguments, the program first. They are what is started, word by word: never
    /// by a shell.
    func checkProcess(_ words: [String]) throws(AccessDenial)

    /// Checks listening: on an address, or, where it is nil, on anything at all.
    func checkBind(_ address: String?) throws(AccessDenial)

    /// Checks a connection, written as `host:port`, and gives where it goes.
    func checkConnect(_ target: String) throws(AccessDenial) -> ConnectTarget

    /// Checks the address that a host was resolved to, before it is connected to: of this answer, not of another (row
    /// S-072). `check` is `http` or `netConnect`.
    func checkResolved(_ address: IPAddress, of host: NetworkHost, for check: GateCheck) throws(AccessDenial)

    /// Checks taking messages from outside.
    func checkUplink() throws(AccessDenial)

    /// Checks something done with the identities of users.
    func checkIdentity(_ operation: IdentityOperation) throws(AccessDenial)
}

extension Gate {
    /// Denies: what a gate says nothing of is not listened on (row S-084).
    package func checkBind(_ address: String?) throws(AccessDenial) {
        throw denial(
            .netBind, "nothing may be listened on", rule: "capabilities.netBind",
            remedy: "this gate has no rule for that: use the manifest's")
    }

    /// Denies: what a gate says nothing of is not done with identities (row S-084).
    package func checkIdentity(_ operation: IdentityOperation) throws(AccessDenial) {
        throw denial(
            .identity, "identity operation '\(operation.rawValue)' is not allowed", rule: "capabilities.identity",
            remedy: "this gate has no rule for that: use the manifest's")
    }

    /// Allows: a gate that says nothing of uplinks is not in their way (row S-084). The manifest's says something.
    package func checkUplink() throws(AccessDenial) {}

    /// Checks the operation of a name; names that are none are denied.
    package func checkIdentity(named name: String) throws(AccessDenial) {
        guard let operation = IdentityOperation(rawValue: name) else {
            throw denial(
                .identity, "there is no identity operation '\(Excerpt.of(name))'", rule: "capabilities.identity",
                remedy: "use one of " + IdentityOperation.allCases.map(\.rawValue).joined(separator: ", "))
        }
        try checkIdentity(operation)
    }

    /// Allows public addresses alone; a connection that is not HTTP also to the very address that was named, since that
    /// stands in the manifest.
    package func checkResolved(_ address: IPAddress, of host: NetworkHost, for check: GateCheck) throws(AccessDenial) {
        if address.isPublic || (check == .netConnect && host == .address(address)) { return }
        throw denial(
            check, "network access to '\(host)' leads to \(address), which is \(address.reach.rawValue)",
            rule: "public addresses", remedy: "capsules reach public addresses alone: use one")
    }

    /// Opens what was checked; a file that is not there is made, and one that is keeps its content.
    package func openFile(_ path: String, for access: FileAccess) throws(AmxError) -> OpenFile {
        try openFile(path, for: access, creating: true, truncating: false)
    }

    /// Makes a denial of this gate.
    func denial(_ check: GateCheck, _ reason: String, rule: String, remedy: String) -> AccessDenial {
        AccessDenial(
            capsule: capsule, layer: .gate, check: check, reason: reason, rule: rule, remedy: remedy)
    }

    /// Reads an address; what cannot be read for certain is denied.
    func target(_ url: String) throws(AccessDenial) -> HTTPTarget {
        do throws(HTTPTarget.Fault) {
            return try HTTPTarget(parsing: url)
        } catch {
            throw denial(
                .http, "Invalid URL: '\(Excerpt.of(url))': \(error.description)", rule: "form of addresses",
                remedy: error.remedy)
        }
    }

    /// Reads where a connection goes; what cannot be read for certain is denied.
    func connectTarget(_ text: String) throws(AccessDenial) -> ConnectTarget {
        guard let target = ConnectTarget(parsing: text) else {
            throw denial(
                .netConnect, "'\(Excerpt.of(text))' is no host with a port", rule: "form of addresses",
                remedy: "write it as db.example.com:5432")
        }
        return target
    }
}
