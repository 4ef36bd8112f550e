import Foundation
import TestSupport
import Testing

/// `hooks/pre-receive` with rules for signatures, and as servers call it: Gitea's environment, quarantine, alternates.
@Suite(.onTestThreads) struct PreReceivePolicyTests {
    private func release(_ work: GitCopy, _ version: String, _ keys: SigningKeys, signedBy name: String?) throws {
        try work.write("manifest.json", GitCopy.manifest("demo", version))
        try work.commit(version)
        let signing = name.map { keys.options($0) } ?? []
        try Tool.git(signing + ["tag", name == nil ? "-a" : "-s", "-m", version, "v\(version)"], in: work.path)
    }

    /// The rules in the repository's own configuration, and those of a folder.
    @Test(arguments: ["configuration", "folder", "both"]) func signaturesAreRequired(place: String) throws {
        let keys = try SigningKeys("ada", "eve")
        let rules = try TemporaryDirectory("amx-e2e-rules")
        let server = try PolicedServer(variables: place == "configuration" ? [:] : ["AMX_POLICY": rules.path])
        try server.work.git("push", "--quiet", server.repository, "main")
        let signers = "ada@example.com \(try keys.line("ada"))\n"
        switch place {
        case "configuration":
            try Data(signers.utf8).write(to: URL(fileURLWithPath: "\(server.repository)/signers"))
            try Tool.git(["config", "--add", "policy.requireSigned", "refs/tags/v*"], in: server.repository)
            try Tool.git(["config", "gpg.ssh.allowedSignersFile", "signers"], in: server.repository)
        case "folder":
            try rules.write("config", text: "[policy]\n\trequireSigned = refs/tags/v*\n")
            try rules.write("allowed_signers", text: signers)
        default:
            try Tool.git(["config", "--add", "policy.requireSigned", "refs/tags/v*"], in: server.repository)
            try rules.write("allowed_signers", text: signers)
        }
        for (number, address) in server.addresses.enumerated() {
            try release(server.work, "1.\(number).1", keys, signedBy: nil)
            let unsigned = try server.work.attempt("push", address, "main", "v1.\(number).1")
            #expect(unsigned.status == 1)
            #expect(
                unsigned.errors.contains("release v1.\(number).1 is not signed, and refs/tags/v1."),
                "\(unsigned.errors)")
            try release(server.work, "1.\(number).2", keys, signedBy: "eve")
            let stranger = try server.work.attempt("push", address, "v1.\(number).2")
            #expect(stranger.status == 1 && stranger.errors.contains("nobody has said whose key that is"))
            try release(server.work, "1.\(number).3", keys, signedBy: "ada")
            try server.work.git("push", "--quiet", address, "main", "v1.\(number).3")
        }
        #expect(try server.refs().split(separator: "\n").count == 3)
        // Taken back, a key counts for nothing.
        if place == "configuration" {
            try Data("\(try keys.line("ada"))\n".utf8).write(to: URL(fileURLWithPath: "\(server.repository)/revoked"))
            try Tool.git(["config", "gpg.ssh.revocationFile", "revoked"], in: server.repository)
        } else {
            try rules.write("revoked_keys", text: "\(try keys.line("ada"))\n")
        }
        try release(server.work, "2.0.0", keys, signedBy: "ada")
        let revoked = try server.work.attempt("push", server.repository, "v2.0.0")
        #expect(revoked.status == 1 && revoked.errors.contains("has been revoked"), "\(revoked.errors)")
    }

    /// What the one who pushes has configured changes nothing, and rules that cannot be read let nothing in.
    @Test func rulesAreTheServers() throws {
        let keys = try SigningKeys("ada", "eve")
        let server = try PolicedServer()
        try server.work.git("push", "--quiet", server.repository, "main")
        try Tool.git(["config", "policy.requireSigned", "refs/heads/main"], in: server.repository)
        let mine = try keys.folder.write("mine", text: "eve@example.com \(try keys.line("eve"))\n")
        let config = try keys.folder.write("config", text: "[gpg \"ssh\"]\n\tallowedSignersFile = \(mine)\n")
        try Tool.git(keys.options("eve") + ["commit", "-q", "-S", "--allow-empty", "-m", "Mine"], in: server.work.path)
        let pushed = try Tool.run(
            "git", ["-c", "gpg.ssh.allowedSignersFile=\(mine)", "push", server.repository, "main"],
            in: server.work.path, environment: Tool.gitEnvironment.merging(["GIT_CONFIG_GLOBAL": config]) { $1 })
        #expect(pushed.status == 1 && pushed.errors.contains("must be signed by a trusted key"), "\(pushed.errors)")

        try Tool.git(["config", "gpg.ssh.allowedSignersFile", "/nowhere/signers"], in: server.repository)
        let unreadable = try server.work.attempt("push", server.repository, "main:side")
        #expect(
            unreadable.status == 1 && unreadable.errors.contains("cannot tell whom to trust"), "\(unreadable.errors)")
        try Tool.git(["config", "--unset", "gpg.ssh.allowedSignersFile"], in: server.repository)
        try Tool.git(["config", "policy.requireSigned", "v*"], in: server.repository)
        let pattern = try server.work.attempt("push", server.repository, "main:side")
        #expect(pattern.status == 1 && pattern.errors.contains("'v*' fits no reference"), "\(pattern.errors)")

        let lost = try PolicedServer(variables: ["AMX_POLICY": "/nowhere/rules"])
        let missing = try lost.work.attempt("push", lost.repository, "main")
        #expect(missing.status == 1 && missing.errors.contains("there is no such folder"), "\(missing.errors)")
    }

    /// Gitea's own hook reads the lines and hands them to every program of `pre-receive.d`, with its environment.
    @Test func asGiteaCallsIt() throws {
        let server = try PolicedServer(hook: "hooks/pre-receive.d/amx")
        try PolicedServer.install(
            """
            #!/usr/bin/env bash
            lines=$(cat)
            failed=0
            for program in "${GIT_DIR:-$(dirname "$0")/..}"/hooks/pre-receive.d/*; do
                [ -x "$program" ] || continue
                printf '%s\\n' "$lines" | "$program" || failed=$?
            done
            env > seen
            exit $failed
            """, at: "\(server.repository)/hooks/pre-receive")
        let gitea = [
            "GITEA_REPO_NAME": "demo", "GITEA_REPO_USER_NAME": "acme", "GITEA_PUSHER_NAME": "ada",
            "GITEA_PUSHER_ID": "1",
            "GITEA_REPO_ID": "1", "GITEA_REPO_IS_WIKI": "false", "GITEA_ROOT_URL": "http://127.0.0.1/",
            "SSH_ORIGINAL_COMMAND":
                "git-receive-pack 'acme/demo.git'", "GIT_PROTOCOL": "version=2",
        ]
        let first = try server.work.attempt("push", server.repository, "main", environment: gitea)
        #expect(first.status == 0, "\(first.errors)")
        let seen = try String(contentsOfFile: "\(server.repository)/seen", encoding: .utf8)
        #expect(seen.contains("GIT_QUARANTINE_PATH=") && seen.contains("GIT_ALTERNATE_OBJECT_DIRECTORIES="))
        let before = try server.refs()
        let bad = try TreeForgery(files: [.init("manifest.json", GitCopy.manifest("demo", "1.0.0")), .init("a/aux.c")])
            .commit(in: server.work.path, parent: server.work.head)
        for address in server.addresses {
            let refused = try server.work.attempt(
                "push", "--force", address, "\(bad):refs/heads/main", environment: gitea)
            #expect(refused.status == 1 && refused.errors.contains("'a/aux.c' of commit"), "\(refused.errors)")
        }
        // The head of a pull request, which Gitea itself pushes.
        let head = try server.work.commit("A proposal")
        let outside = try server.work.attempt(
            "push", server.repository, "\(head):refs/pull/1/head", environment: gitea)
        #expect(outside.status == 1 && outside.errors.contains("neither a branch nor a release"), "\(outside.errors)")
        let own = gitea.merging(["GITEA_INTERNAL_PUSH": "true"]) { $1 }
        let unsound = try server.work.attempt("push", server.repository, "\(bad):refs/pull/2/head", environment: own)
        #expect(unsound.status == 1 && unsound.errors.contains("'a/aux.c' of commit"), "\(unsound.errors)")
        #expect(try server.refs() == before)
        let pulled = try server.work.attempt("push", server.repository, "\(head):refs/pull/1/head", environment: own)
        #expect(pulled.status == 0, "\(pulled.errors)")
        let branch = try server.work.attempt("push", server.repository, ":main", environment: own)
        #expect(branch.status == 1 && branch.errors.contains("default branch"), "\(branch.errors)")
    }

    /// A server that shares objects between forks: in `info/alternates`, or only in the environment of the push.
    @Test(arguments: ["info", "environment"]) func objectsMayLieElsewhere(place: String) throws {
        let server = try PolicedServer()
        let pool = try TemporaryDirectory("amx-e2e-pool:x")
        try Tool.git(["clone", "--quiet", "--bare", server.work.path, pool.appending("pool.git")], in: pool.path)
        let objects = pool.appending("pool.git/objects")
        let base = try server.work.head
        var variables: [String: String] = [:]
        if place == "info" {
            try Data("\(objects)\n".utf8).write(
                to: URL(fileURLWithPath: "\(server.repository)/objects/info/alternates"))
        } else {
            variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = "\"\(objects)\""
        }
        try server.work.write("knowledge/new.md", "new\n")
        try server.work.commit("New")
        // Only what is new comes with the push: the rest is the pool's.
        let pack = try Tool.run(
            "git", ["pack-objects", "--revs", "--stdout", "--quiet"], in: server.work.path,
            environment: Tool.gitEnvironment,
            input: Array("\(try server.work.head)\n^\(base)\n".utf8))
        let quarantine = "\(server.repository)/objects/tmp_objdir-incoming-test"
        try FileManager.default.createDirectory(atPath: "\(quarantine)/pack", withIntermediateDirectories: true)
        var environment = Tool.gitEnvironment
        environment["GIT_OBJECT_DIRECTORY"] = quarantine
        environment["GIT_QUARANTINE_PATH"] = quarantine
        let own = "\(server.repository)/objects"
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] =
            [own, variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"]].compactMap { $0 }.joined(separator: ":")
        let indexed = try Tool.run(
            "git", ["index-pack", "--stdin"], in: server.repository, environment: environment,
            input: pack.output)
        #expect(indexed.status == 0, "\(indexed.errors)")
        environment["GIT_DIR"] = "."
        let zero = String(repeating: "0", count: 40)
        let line = "\(zero) \(try server.work.head) refs/heads/main\n"
        let judged = try Tool.run(
            server.hook, [], in: server.repository, environment: environment, input: Array(line.utf8))
        #expect(judged.status == 0, "\(judged.errors)")
        // Without them the history has holes.
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = own
        try? FileManager.default.removeItem(atPath: "\(server.repository)/objects/info/alternates")
        let holes = try Tool.run(
            server.hook, [], in: server.repository, environment: environment, input: Array(line.utf8))
        #expect(holes.status != 0 && holes.errors.contains("error: "), "\(holes.errors)")
    }
}
