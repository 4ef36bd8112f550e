import Foundation
import TestSupport
import Testing

/// What is told where there are releases and none of them can be required.
@Suite(.onTestThreads) struct UnusableReleaseTests {
    @Test func addSaysWhatIsWrongWithThem() throws {
        let shop = try AmxTool().workspace("shop")
        let shelf = shop.home.appending("shelf")
        try Tool.git(["init", "--quiet", "--bare", "--initial-branch=main", "\(shelf)/kit.git"], in: shop.home.path)
        var text = ""
        for version in ["1.0.0", "1.1.0"] {
            let manifest = #"{"id": "kit", "version": "\#(version)"}"#
            text += """
                commit refs/heads/main
                committer T <t@example.com> 1700000000 +0000
                data 1
                x
                M 100644 inline manifest.json
                data \(manifest.utf8.count)
                \(manifest)
                tag v\(version)
                from refs/heads/main
                tagger T <t@example.com> 1700000000 +0000
                data 1
                x

                """
        }
        try Tool.git(
            ["fast-import", "--quiet", "--done"], in: "\(shelf)/kit.git", input: Array("\(text)done\n".utf8))
        try shop.json("remote", "add", "origin", shelf)
        let refused = try shop.fails(3, "add", "kit", saying: "that can be used: 1.1.0: ")
        #expect("\(refused)".contains("name"), "\(refused)")
        #expect(try shop.installed() == [])
    }
}
