import Foundation
import TestSupport
import Testing

/// Where a hub's token may come from besides `amx login`.
@Suite(.onTestThreads) struct PasswordSourceTests {
    private func pushed() throws -> HubProcess {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        for id in ["one", "two", "three"] { try ada.newCapsule(id) }
        try ada.json("push")
        return hub
    }

    @Test func netrcIsUsedWhereItIsPrivate() throws {
        let hub = try pushed()
        let grace = try AmxTool("Grace").workspace(remote: hub.remote)
        try grace.fails(4, "pull", "origin", "one", saying: "asks for a token")
        let path = try grace.home.write(".netrc", text: "default login x password \(hub.token)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try grace.fails(4, "pull", "origin", "one", saying: "asks for a token")
        try grace.home.write(".netrc", text: "machine 127.0.0.1 login x password \(hub.token)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try grace.fails(1, "pull", "origin", "one", saying: "chmod 600")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try grace.json("pull", "origin", "one")
        // Another file, by its variable.
        try FileManager.default.moveItem(atPath: path, toPath: grace.home.appending("elsewhere"))
        #expect(try grace.run("pull", "origin", "two").status == 4)
        let moved = try grace.run(["pull", "origin", "two"], with: ["NETRC": grace.home.appending("elsewhere")])
        #expect(moved.status == 0, "\(moved.errors)")
    }

    /// A user whose git has a helper that gives a password and writes down what it is asked.
    private func user(_ password: String, remote: String) throws -> AmxTool {
        let user = try AmxTool("Grace").workspace(remote: remote)
        let helper = try user.home.write(
            "helper.sh",
            text: """
                #!/bin/sh
                cat > "$HOME/asked"
                { echo "$1"; cat "$HOME/asked"; } >> "$HOME/log"
                if [ "$1" = get ]; then echo username=me; echo password=\(password); fi
                """, executable: true)
        let config = String(decoding: try user.home.read(".gitconfig"), as: UTF8.self)
        try user.home.write(".gitconfig", text: config + "[credential]\n\thelper = \"!\(helper)\"\n")
        return user
    }

    private func log(_ user: AmxTool) -> String {
        String(decoding: (try? user.home.read("log")) ?? [], as: UTF8.self)
    }

    @Test func gitsHelpersAreAskedOnceAndTold() throws {
        let hub = try pushed()
        let grace = try user(hub.token, remote: hub.remote)
        try grace.json("pull", "origin", "one", "two", "three")
        let lines = log(grace).split(separator: "\n")
        #expect(lines.filter { $0 == "get" }.count == 1, "\(lines)")
        #expect(lines.contains("store") && !lines.contains("erase"), "\(lines)")
        #expect(lines.contains("host=\(hub.url.dropFirst(7))") && lines.contains("protocol=http"), "\(lines)")
    }

    @Test func aWrongPasswordIsForgotten() throws {
        let hub = try pushed()
        let grace = try user("amx_wrong", remote: hub.remote)
        let refused = try grace.fails(4, "pull", "origin", "one", saying: "refused the token")
        #expect(!refused.errors.contains("amx_wrong"))
        #expect(log(grace).split(separator: "\n").contains("erase"))
    }

    @Test func aStoredTokenThatIsRefusedIsNotReplaced() throws {
        let hub = try pushed()
        let grace = try user(hub.token, remote: hub.remote)
        try grace.json("login", hub.url, input: "amx_wrong\n")
        try grace.fails(4, "pull", "origin", "one", saying: "refused the token")
        #expect(log(grace).isEmpty)
        try grace.json("logout", hub.url)
        try grace.json("pull", "origin", "one")
    }

    @Test func helpersThatHaveNothingAreNoHindrance() throws {
        let hub = try HubProcess(arguments: ["--public-read"])
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("one")
        try ada.json("push")
        let grace = try user("", remote: hub.remote)
        try grace.json("pull", "origin", "one")
        #expect(log(grace).isEmpty)
        // Nobody is prompted, whatever git is told to ask with.
        let asking = ["GIT_ASKPASS": "/bin/echo", "SSH_ASKPASS": "/bin/echo"]
        try grace.json("edit", "one")
        try grace.write("one", "knowledge/more.md", "more\n")
        try grace.json("commit", "-m", "More")
        #expect(try grace.run(["push"], with: asking).status == 4)
    }

    @Test func aTokenThatIsRevokedMeanwhileEndsTheCommand() throws {
        let hub = try pushed()
        let made = try hub.makeToken("write")
        let grace = try AmxTool("Grace", token: made.text).workspace(remote: hub.remote)
        try grace.json("pull", "origin", "one", "two")
        try hub.admin("token", "revoke", made.id)
        for words in [["pull"], ["fetch", "origin", "one", "two"], ["push"]] {
            let outcome = try grace.run(words)
            #expect(outcome.status == 4, "\(words): \(outcome.errors)")
            #expect(outcome.errors.contains("refused the token"), "\(outcome.errors)")
        }
    }

    @Test func aProxySeesNoToken() throws {
        let hub = try HubProcess(arguments: ["--public-read"])
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("one")
        try ada.json("push")
        let proxy = try ProxyProcess(proxying: hub.url)
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: "http://hub.invalid/acme")
        let variables = ["http_proxy": "http://127.0.0.1:\(proxy.port)"]
        let pulled = try grace.run(["pull", "origin", "one"], with: variables)
        #expect(pulled.status == 0, "\(pulled.errors)")
        #expect(try grace.show("one") == ada.show("one"))
        let heads = try proxy.heads()
        #expect(heads.contains("GET http://hub.invalid/acme/one.git/info/refs"), "\(heads)")
        #expect(!heads.lowercased().contains("authorization"), "\(heads)")
        let refused = try grace.run(["push"], with: variables)
        #expect(refused.status == 4 && refused.errors.contains("not sent over plain HTTP"), "\(refused.errors)")
        #expect(try grace.run(["pull"], with: ["http_proxy": "http://127.0.0.1:9"]).status == 8)
    }
}
