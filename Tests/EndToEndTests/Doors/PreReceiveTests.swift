import Foundation
import TestSupport
import Testing

/// `hooks/pre-receive` in a plain git server's repository: what Amx refuses, it refuses, over a path and over HTTP.
@Suite(.onTestThreads) struct PreReceiveTests {
    @Test func takesWhatIsSound() throws {
        for number in 0...1 {
            let (server, work) = (try HookedServer(), try GitCopy(capsule: "demo"))
            let address = server.addresses()[number]
            try work.git("push", "--quiet", address, "main")
            try work.git("tag", "-a", "v1.0.0", "-m", "One")
            try work.git("push", "--quiet", address, "v1.0.0", "main:side")
            // More objects than git unpacks into single files.
            for file in 0..<120 { try work.write("knowledge/\(file).md", "\(file)\n") }
            try work.commit("Many")
            try work.git("push", "--quiet", address, "main")
            try work.git("push", "--quiet", address, ":side")
            try work.git("push", "--quiet", "--force", address, "HEAD~1:refs/heads/main")
            #expect(try server.refs().split(separator: "\n").count == 2)
            try Tool.git(["fsck", "--strict"], in: server.backend.repository("demo"))
        }
    }

    @Test func refusesWhatAmxRefuses() throws {
        let (server, work) = (try HookedServer(), try GitCopy(capsule: "demo"))
        try work.git("push", "--quiet", server.addresses()[0], "main")
        let manifest = GitCopy.manifest("demo", "1.0.0")
        let before = try server.refs()
        let trees: [(files: [TreeForgery.File], reason: String)] = [
            ([.init("manifest.json", manifest), .init("docs/aux.c")], "'docs/aux.c' of commit"),
            ([.init("manifest.json", manifest), .init("README"), .init("readme")], "same name"),
            ([.init("manifest.json", manifest), .init("a\u{202E}b")], "format"),
            ([.init("a")], "has no manifest.json"),
            ([.init("manifest.json", GitCopy.manifest("other", "1.0.0"))], "other"),
            ([.init("manifest.json", "{\"id\": \"demo\",}")], "manifest.json"),
        ]
        for tree in trees {
            for address in server.addresses() {
                let commit = try TreeForgery(files: tree.files).commit(in: work.path, parent: work.head)
                let pushed = try work.attempt("push", "--force", address, "\(commit):refs/heads/main")
                let said = pushed.errors.replacingOccurrences(of: "remote: ", with: "")
                #expect(pushed.status == 1, "\(tree.reason): \(pushed.errors)")
                #expect(said.contains(tree.reason), "\(tree.reason): \(said)")
                #expect(said.contains("pre-receive hook declined"))
            }
        }
        try work.git("tag", "v1.0.0")
        try work.git("tag", "-a", "v2.0.0", "-m", "Two")
        for (spec, reason) in [
            ("v1.0.0", "not an annotated tag"), ("v2.0.0", "version 1.0.0"), ("main:refs/notes/x", "neither"),
            (":main", "default branch"),
        ] {
            let pushed = try work.attempt("push", server.addresses()[0], spec)
            #expect(pushed.status == 1 && pushed.errors.contains(reason), "\(spec): \(pushed.errors)")
        }
        #expect(try server.refs() == before)
    }

    @Test func refusesWithoutAmx() throws {
        let (server, work) = (try HookedServer(), try GitCopy(capsule: "demo"))
        let hook = server.hook()
        let text = try String(contentsOfFile: hook, encoding: .utf8)
        try text.replacingOccurrences(of: Executables.amx, with: "/nowhere/amx")
            .write(toFile: hook, atomically: false, encoding: .utf8)
        let pushed = try work.attempt("push", server.addresses()[0], "main")
        #expect(pushed.status == 1 && pushed.errors.contains("is not on this server"), "\(pushed.errors)")
    }
}
