import Capsules
import Objects
import TestSupport

/// Keys made by ssh-keygen, and what it and git sign with them.
struct SigningFixture {
    /// A program that ended with an error.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: TemporaryDirectory

    init(keys: [String] = ["ada"]) throws {
        folder = try TemporaryDirectory()
        for name in keys { try makeKey(name) }
    }

    func makeKey(_ name: String, type: String = "ed25519") throws {
        try run(["-q", "-t", type, "-N", "", "-C", name, "-f", folder.appending(name)])
    }

    /// The public key of a name.
    func key(_ name: String) throws -> PublicKey {
        let line = String(decoding: try folder.read("\(name).pub"), as: UTF8.self)
        guard let key = PublicKey(line: line.split(whereSeparator: \.isNewline).first ?? "") else {
            throw SigningFixture.Failure(description: "no public key: \(line)")
        }
        return key
    }

    /// A line of an allowed-signers file.
    func line(_ principal: String, _ name: String, options: String = "") throws -> String {
        "\(principal) \(options.isEmpty ? "" : "\(options) ")\(try key(name).line)\n"
    }

    /// Signs with ssh-keygen.
    func sign(_ message: [UInt8], with name: String, namespace: String = "git", hash: String? = nil) throws -> [UInt8] {
        try folder.write("message", message)
        _ = try? Tool.run("rm", ["-f", folder.appending("message.sig")])
        let options = hash.map { ["-O", "hashalg=\($0)"] } ?? []
        try run(
            ["-Y", "sign"] + options + ["-n", namespace, "-f", folder.appending(name), folder.appending("message")])
        return try folder.read("message.sig")
    }

    /// Whether ssh-keygen takes a signature of a message, whoever signed.
    func isTaken(_ armour: [UInt8], of message: [UInt8], namespace: String = "git") throws -> Bool {
        try folder.write("checked.sig", armour)
        let outcome = try Tool.run(
            "ssh-keygen",
            ["-Y", "check-novalidate", "-n", namespace, "-s", folder.appending("checked.sig")], input: message)
        return outcome.status == 0
    }

    /// Whether ssh-keygen takes a signature for a principal of an allowed-signers file, at a time in UTC.
    func isAllowed(
        _ armour: [UInt8], of message: [UInt8], by principal: String, file: String, namespace: String = "git",
        time: String = "20260101000000Z"
    ) throws -> Bool {
        try folder.write("checked.sig", armour)
        try folder.write("checked.allowed", text: file)
        let outcome = try Tool.run(
            "ssh-keygen",
            [
                "-Y", "verify", "-O", "verify-time=\(time)", "-n", namespace, "-f", folder.appending("checked.allowed"),
                "-I", principal, "-s", folder.appending("checked.sig"),
            ], environment: ["TZ": "UTC"], input: message)
        return outcome.status == 0
    }

    /// What git should be told to sign and verify with these keys.
    func settings(_ name: String = "ada") -> [String] {
        [
            "-c", "gpg.format=ssh", "-c", "user.signingKey=\(folder.appending(name))", "-c",
            "gpg.ssh.allowedSignersFile=\(folder.appending("allowed"))",
        ]
    }

    private func run(_ arguments: [String]) throws {
        let outcome = try Tool.run("ssh-keygen", arguments)
        guard outcome.status == 0 else {
            throw SigningFixture.Failure(description: "ssh-keygen \(arguments): \(outcome.errors)")
        }
    }
}
