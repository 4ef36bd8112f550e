import Foundation
import TestSupport
import Testing

/// Signing with keys as users have them, and what git and ssh-keygen say of the result.
@Suite(.onTestThreads) struct SigningTests {
    /// Adds `user.signingKey` to the user's configuration.
    private func use(_ key: String, _ user: AmxTool) throws {
        try user.json("config", "--global", "user.signingKey", key)
    }

    private func makeKey(_ user: AmxTool, _ name: String, type: String = "ed25519", passphrase: String = "") throws
        -> String
    {
        let path = user.home.appending(name)
        let outcome = try Tool.run("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", name, "-f", path])
        guard outcome.status == 0 else { throw TestFailure("ssh-keygen: \(outcome.errors)") }
        return path
    }

    private func git(_ user: AmxTool, _ arguments: String...) throws -> Tool.Outcome {
        let signers = user.home.appending(".config/amx/allowed_signers")
        return try Tool.run(
            "git", ["-c", "gpg.ssh.allowedSignersFile=\(signers)"] + arguments, in: user.repository("refunds"),
            environment: Tool.gitEnvironment)
    }

    @Test func aCommitThatCannotBeSignedLeavesNoRepository() throws {
        let user = try AmxTool().workspace()
        for id in ["first", "second"] { try user.json("new", id) }
        try user.json("key", "new", "--no-passphrase")
        try user.json("config", "gpg.ssh.program", "false")
        for ids in [[], ["second"]] {
            let outcome = try user.run(["commit", "-m", "Signed", "--sign"] + ids)
            #expect(outcome.status == 1 && outcome.errors.contains("cannot sign"), "\(outcome.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(user.directory)/.aimatrix/store").isEmpty)
            #expect(!FileManager.default.fileExists(atPath: "\(user.directory)/.aimatrix/workspace.git"))
        }
        try user.json("commit", "-m", "Unsigned")
    }

    @Test func aKeySignsCommitsReleasesAndFiles() throws {
        let user = try AmxTool().workspace()
        let text = try Transcript.of(
            user, ["release", "refunds", "--sign"], ["key"], ["key", "show"], ["key", "new", "--no-passphrase"],
            ["key", "new"], ["key", "new", ".x"], ["key", "list"], ["key", "show", "other"])
        #expect(
            text == """
                $ amx release refunds --sign
                error: cannot sign: user.signingKey is not set
                hint: `amx key new` makes a key and sets it; git's global key is used where gpg.format is ssh
                [exit 1]
                $ amx key
                There is no key: make one with `amx key new`
                $ amx key show
                error: no key signs: user.signingKey is not set
                hint: make a key with `amx key new`, or name one of `amx key list`
                [exit 3]
                $ amx key new --no-passphrase
                Made the key SHA256:<key> in ~/.config/amx/keys/signing
                user.signingKey is set to it
                You trust it as ada@example.com
                $ amx key new
                error: cannot make the key signing: ~/.config/amx/keys/signing is there already
                hint: use it, or give the new key another name
                [exit 6]
                $ amx key new .x
                error: '.x' is not a key's name: use letters, digits, hyphens
                hint: run `amx key new --help` for its arguments
                [exit 2]
                $ amx key list
                *  SHA256:<key>  ssh-ed25519  configured  ~/.config/amx/keys/signing
                $ amx key show other
                error: there is no key 'other'
                hint: `amx key list` shows those that can sign
                [exit 3]

                """)
        let mode = try FileManager.default.attributesOfItem(atPath: user.home.appending(".config/amx/keys/signing"))
        #expect((mode[.posixPermissions] as? Int) == 0o600)
        try user.json("new", "refunds")
        try user.json("commit", "refunds", "-m", "Start", "--sign")
        let release = try user.json("release", "refunds", "--sign")
        let key = try user.json("key", "show")
        #expect(release["signedBy"].string == key["fingerprint"].string)
        #expect(try git(user, "verify-tag", "v0.1.0").errors.contains("Good \"git\" signature for ada@example.com"))
        #expect(try git(user, "verify-commit", "main").errors.contains("Good \"git\" signature for ada@example.com"))
        try user.check("refunds")

        try user.json("pack", "refunds@v0.1.0", "-o", "r.kc")
        #expect(try user.json("verify", "r.kc")["results"][0]["signature"]["state"].string == "none")
        try user.fails(5, "verify", "r.kc", "--require-signed", saying: "r.kc is not signed")
        try user.json("sign", "r.kc")
        try user.fails(6, "sign", "r.kc", saying: "there is a signature already")
        try user.json("sign", "r.kc", "--force")
        let outcome = try Tool.run(
            "ssh-keygen",
            [
                "-Y", "verify", "-n", "amx-capsule", "-I", "ada@example.com", "-f",
                user.home.appending(".config/amx/allowed_signers"), "-s", "\(user.directory)/r.kc.sig",
            ], input: Array((release["digest"].string ?? "").utf8))
        #expect(outcome.status == 0, "\(outcome.errors)")
        for result in try user.json("verify", "refunds", "r.kc", "--require-signed")["results"].array {
            #expect(result["signature"]["state"].string == "good")
            #expect(result["signature"]["signer"].string == "ada@example.com")
            #expect(result["signature"]["trust"].string == "allowed")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: user.directory).filter { $0.contains("sign-") }.isEmpty)
    }

    @Test func whatGitSignsIsGood() throws {
        let user = try AmxTool().workspace()
        try user.json("key", "new")
        try user.newCapsule("refunds")
        let key = try #require(try user.json("key", "show")["path"].string)
        let outcome = try git(
            user, "-c", "gpg.format=ssh", "-c", "user.signingKey=\(key)", "tag", "-s", "-m", "By git", "v0.1.0", "main")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let result = try user.json("verify", "refunds@v0.1.0", "--require-signed")["results"][0]
        #expect(result["signature"]["state"].string == "good")
    }

    @Test func configurationDecidesUnlessTheCommandDoes() throws {
        let user = try AmxTool().workspace()
        try user.json("key", "new")
        try user.json("config", "commit.gpgSign", "true")
        try user.json("config", "--global", "tag.gpgSign", "yes")
        try user.newCapsule("refunds")
        #expect(try git(user, "verify-commit", "main").status == 0)
        #expect(try user.json("release", "refunds", "--no-sign")["signedBy"] == .null)
        try user.fails(6, "release", "refunds", saying: "without a signature: a release never changes")
        try user.write("refunds", "README.md", "2")
        try user.json("commit", "refunds", "-m", "Two", "--no-sign")
        #expect(try git(user, "verify-commit", "main").status != 0)
    }

    /// The forms that git's `user.signingKey` has, and what cannot sign.
    @Test(arguments: [
        ("a private key", Int32(0), ""), ("its public key", 0, ""), ("with ~", 0, ""),
        ("a passphrase", 2, "it has a passphrase, and there is no terminal to ask for it"),
        ("no file", 1, "there is no file ~/nowhere"), ("an RSA key", 2, "it is of the type ssh-rsa"),
        ("not a key", 1, "cannot sign with"), ("a broken literal", 1, "it is no public key"),
        ("a literal without an agent", 1, "cannot sign with SHA256:"),
    ])
    func formsOfKeys(form: String, status: Int32, words: String) throws {
        let user = try AmxTool().workspace()
        switch form {
        case "a private key": try use(makeKey(user, "k"), user)
        case "its public key": try use("\(makeKey(user, "k")).pub", user)
        case "with ~":
            _ = try makeKey(user, "k")
            try use("~/k", user)
        case "a passphrase": try use(makeKey(user, "k", passphrase: "secret"), user)
        case "no file": try use("~/nowhere", user)
        case "an RSA key": try use(makeKey(user, "k", type: "rsa"), user)
        case "not a key":
            try user.home.write("text", text: "hello\n")
            try use(user.home.appending("text"), user)
        case "a broken literal": try use("key::ssh-ed25519 AAAA", user)
        default:
            _ = try makeKey(user, "k")
            let line = String(decoding: try user.home.read("k.pub"), as: UTF8.self)
            try use("key::\(line.trimmingCharacters(in: .newlines))", user)
        }
        try user.json("new", "refunds")
        let outcome = try Tool.run(
            Executables.amx, ["commit", "refunds", "-m", "Start", "--sign"], in: user.directory,
            environment: user.environment.merging(["SSH_AUTH_SOCK": ""]) { $1 })
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(words.isEmpty || outcome.errors.contains(words), "\(outcome.errors)")
        #expect(status == 0 || outcome.errors.contains("hint: "))
        #expect(try (user.run("log", "refunds").status == 0) == (status == 0))
    }

    @Test func anAgentSigns() throws {
        let user = try AmxTool().workspace()
        let path = try makeKey(user, "k", passphrase: "secret")
        let socket = user.home.appending("agent")
        let askpass = try user.home.write("askpass", text: "#!/bin/sh\necho secret\n", executable: true)
        let agent = try RunningProgram(
            "ssh-agent", ["-D", "-a", socket], in: user.home.path, environment: [:], input: 0, output: 1, errors: 2)
        defer { agent.terminate() }
        Patience.waits { FileManager.default.fileExists(atPath: socket) }
        let environment = user.environment.merging(["SSH_AUTH_SOCK": socket]) { $1 }
        let added = try Tool.run(
            "ssh-add", [path],
            environment: environment.merging(["SSH_ASKPASS": askpass, "SSH_ASKPASS_REQUIRE": "force"]) { $1 })
        #expect(added.status == 0, "\(added.errors)")
        let line = String(decoding: try user.home.read("k.pub"), as: UTF8.self).trimmingCharacters(in: .newlines)
        try user.json("new", "refunds")
        for (index, value) in ["key::\(line)", line, "\(path).pub", path].enumerated() {
            try use(value, user)
            try user.write("refunds", "README.md", "\(index)")
            let outcome = try Tool.run(
                Executables.amx, ["commit", "refunds", "-m", "\(index)", "--sign"], in: user.directory,
                environment: environment)
            #expect(outcome.status == 0, "\(value): \(outcome.errors)")
        }
        let listed = try Tool.run(
            Executables.amx, ["key", "list", "--json"], in: user.directory, environment: environment)
        #expect(try JSONNode(listed.output)["keys"].array.count == 1)
    }

    @Test func anotherProgramSigns() throws {
        let user = try AmxTool().workspace()
        try use(makeKey(user, "k"), user)
        let program = try user.home.write(
            "signer", text: "#!/bin/sh\necho \"$1 $2 $3 $4 $5\" > ~/called\nexec ssh-keygen \"$@\"\n", executable: true)
        try user.json("config", "gpg.ssh.program", program)
        try user.json("new", "refunds")
        try user.json("commit", "refunds", "-m", "Start", "--sign")
        #expect(String(decoding: try user.home.read("called"), as: UTF8.self) == "-Y sign -n git -f\n")
        // What it returns is verified.
        try user.home.write(
            "signer",
            text: "#!/bin/sh\nfor f; do :; done\necho x > x; ssh-keygen -q -Y sign -n git -f ~/k x; mv x.sig $f.sig\n",
            executable: true)
        try user.write("refunds", "README.md", "2")
        try user.fails(1, "commit", "refunds", "-m", "Two", "--sign", saying: "made no usable signature")
        try user.json("config", "gpg.ssh.program", "/nowhere/signer")
        try user.fails(1, "commit", "refunds", "-m", "Two", "--sign", saying: "cannot run /nowhere/signer")
    }
}
