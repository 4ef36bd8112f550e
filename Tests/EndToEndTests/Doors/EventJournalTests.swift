import Foundation
import TestSupport
import Testing

/// Events that another program has put into the journal, by `docs/events.md` alone, are shown, folded, sent and audited.
@Suite(.onTestThreads) struct EventJournalTests {
    /// Writes `.aimatrix/replica` and a journal of four events.
    private static let writer = """
        import json, os, struct, sys
        def crc(data):
            value = 0xFFFFFFFF
            for byte in data:
                value ^= byte
                for _ in range(8): value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
            return value ^ 0xFFFFFFFF
        replica = "5be0" * 8
        open(".aimatrix/replica", "w").write(replica + "\\n")
        head = b"amx-journal-v1\\0\\0" + bytes.fromhex(replica) + struct.pack("<QQ", 0, 1234) + bytes(20)
        check = crc(head)
        out = head + struct.pack("<I", check)
        steps = [
            ("installed", {"configuration": {"tone": "calm"}, "version": "1.0.0"}), ("configured", {"tone": "brisk"}),
            ("updated", {"newVersion": "1.1.0", "oldVersion": "1.0.0"}), ("accessed", {}),
        ]
        for n, (kind, payload) in enumerate(steps, 1):
            line = json.dumps({
                "sequence": n, "id": "%s-%d" % (replica, n), "capsuleId": "demo", "organizationId": "acme",
                "eventType": kind, "payload": payload, "timestamp": "2026-11-21T09:12:0%d.000000Z" % n,
            }, separators=(",", ":")).encode()
            check = crc(struct.pack("<IQ", check, n) + line)
            out += struct.pack("<II", len(line), check) + line + bytes(-len(line) % 8)
        open(".aimatrix/journal", "wb").write(out)
        """

    @Test func areShownFoldedSentAndAudited() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace("team", remote: hub.remote)
        try ada.json("new", "demo")
        try ada.json("commit", "-m", "Start")
        let written = try Tool.run("python3", ["-c", Self.writer], in: ada.directory)
        #expect(written.status == 0, "\(written.errors)")
        let all = ["installed", "configured", "updated", "accessed"]
        func types(_ result: JSONNode) -> [String] { result["events"].array.compactMap { $0["eventType"].string } }
        #expect(try types(ada.json("events")) == all)
        #expect(
            try types(ada.json("events", "demo", "--type", "updated", "--type", "accessed")) == ["updated", "accessed"])
        #expect(try types(ada.json("events", "--since", "2026-11-21T09:12:03Z")) == ["updated", "accessed"])
        // Longer ago than there are years.
        #expect(try types(ada.json("events", "--since", "999999999d")) == all)
        #expect(try types(ada.json("events", "--organization", "other")) == [])
        let shown = try ada.run("events", "demo", "--type", "updated")
        #expect(
            shown.text
                == #"5be05be0-3  2026-11-21T09:12:03Z  updated  demo  acme  {"newVersion":"1.1.0","oldVersion":"1.0.0"}"#
                + "\n")
        #expect(try ada.json("audit")["events"].int == 4)

        // A push folds what the journal has, and a clone has it.
        try ada.json("push")
        let chain = "refs/amx/events/\(String(repeating: "5be0", count: 8))"
        let state = try Tool.git(["show", "\(chain):state/demo.json"], in: "\(ada.directory)/.aimatrix/workspace.git")
        #expect(
            state == #"{"acme":{"sequence":4,"state":{"#
                + #""configuration":{"tone":"brisk"},"installedAt":"2026-11-21T09:12:01.000000Z","#
                + #""lastUpdated":"2026-11-21T09:12:03.000000Z","status":"active","version":"1.1.0"}}}"#)
        #expect(try hub.refs("team")[chain] != nil)
        let grace = try AmxTool("Grace", token: hub.token)
        try grace.json("clone", "\(hub.remote)/team")
        let copy = grace.at(grace.home.appending("team"))
        #expect(try types(copy.json("events")) == all)
        #expect(try copy.json("audit")["events"].int == 4)
        #expect(try ada.json("events", "--fold")["commit"].string == nil)

        // What somebody rewrites in the copy is found there.
        let store = "\(copy.directory)/.aimatrix/workspace.git"
        let message = try Tool.git(["log", "-1", "--format=%B", chain], in: store)
        let forged = try Tool.git(["commit-tree", "-m", message, "\(chain)^{tree}"], in: store)
        try Tool.git(["update-ref", chain, forged], in: store)
        let audit = try copy.run("audit")
        #expect(audit.status == 5)
        #expect(audit.text.contains("replaced"), "\(audit.text)")
    }
}
