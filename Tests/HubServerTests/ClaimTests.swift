import Capsules
import Foundation
import Logging
import Objects
import TestSupport
import Testing

@testable import HubServer

/// Who gets an id: the owner whose release comes first, exactly one, whatever is killed when.
@Suite struct ClaimTests {
    /// A hub's data that no process serves, with bare repositories that git fills.
    private struct Data {
        let folder: TemporaryDirectory
        let directory: DataDirectory
        let accounts: AccountDatabase
        let register: ClaimRegister

        init(owners: [String] = ["acme", "globex", "initech"]) async throws {
            folder = try TemporaryDirectory("amx-claims")
            try await DataDirectory.create(at: folder.appending("data")) { directory in
                let accounts = try AccountDatabase(directory)
                for owner in owners { try await accounts.addOwner(OwnerName(owner)) }
                try accounts.close()
            }
            directory = try DataDirectory(existing: folder.appending("data"))
            accounts = try AccountDatabase(directory)
            register = ClaimRegister(
                RepositoryStore(directory), accounts, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }

        /// Puts a repository with a branch there.
        func make(_ address: String) throws {
            let path = "\(directory.storePath)/\(address).git"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Tool.git(["init", "--quiet", "--bare", "--initial-branch=main"], in: path)
            let blob = try Tool.git(["hash-object", "-w", "--stdin"], in: path, input: Array("{}".utf8))
            let tree = try Tool.git(["mktree"], in: path, input: Array("100644 blob \(blob)\tmanifest.json\n".utf8))
            let commit = try Tool.git(["commit-tree", "-m", "x", tree], in: path)
            try Tool.git(["update-ref", "refs/heads/main", commit], in: path)
        }

        /// Releases what is there, past the register.
        func tag(_ address: String, _ name: String = "v1.0.0") throws {
            try Tool.git(["tag", "-a", "-m", "x", name, "main"], in: "\(directory.storePath)/\(address).git")
        }

        func claim(_ id: String) throws -> String? {
            try accounts.claim(of: CapsuleID(id)).map { "\($0.owner)\($0.isConfirmed ? "" : "?")" }
        }

        /// The first step of a push whose second never comes.
        func begin(_ id: String, _ owner: String) throws {
            _ = try accounts.add(Claim(id: CapsuleID(id), owner: OwnerName(owner), isConfirmed: false))
        }

        /// A push of a release.
        @discardableResult
        func release(_ address: String) throws -> Bool {
            try register.releasing(CapsuleAddress(parsing: address)) { try tag(address) }.isFork
        }

        func fsck() throws -> (findings: [String], notes: [String]) {
            let report = try HubFsck(directory).run { _, _ in }
            return (
                report.findings.filter { $0.finding.place.hasPrefix("claim") }
                    .map { "\($0.finding.place): \($0.finding.problem)" },
                report.notes.filter { $0.contains("claim") }
            )
        }
    }

    @Test func theFirstReleaseClaims() async throws {
        let data = try await Data()
        for owner in ["acme", "globex"] { try data.make("\(owner)/refunds") }
        try data.register.settle()
        #expect(try data.claim("refunds") == nil)
        #expect(try data.release("globex/refunds") == false)
        #expect(try data.claim("refunds") == "globex")
        #expect(try data.release("acme/refunds") == true)
        #expect(try data.claim("refunds") == "globex")
        try data.register.settle()
        #expect(try data.claim("refunds") == "globex")
        #expect(try data.register.owner(of: CapsuleID("refunds"))?.string == "globex")
    }

    /// What is there after a hub was killed between the claim and the release, or a push failed there.
    @Test(arguments: [
        // Nothing came: a hub that starts drops it, and another owner takes it over without that.
        ("settle", false, nil as String?), ("release", false, "globex"), ("again", false, "acme"),
        // The release came: it is confirmed, whoever asks first.
        ("settle", true, "acme"), ("release", true, "acme"), ("again", true, "acme"), ("see", true, "acme"),
    ]) func aClaimThatWasCutOff(next: String, hasRelease: Bool, expected: String?) async throws {
        let data = try await Data()
        for owner in ["acme", "globex"] { try data.make("\(owner)/refunds") }
        try data.begin("refunds", "acme")
        if hasRelease { try data.tag("acme/refunds") }
        #expect(try data.claim("refunds") == "acme?")
        switch next {
        case "settle": try data.register.settle()
        case "release": #expect(try data.release("globex/refunds") == hasRelease)
        case "see": try data.register.see(CapsuleAddress(parsing: "acme/refunds"))
        default:
            _ = try data.register.releasing(CapsuleAddress(parsing: "acme/refunds")) {
                try data.tag("acme/refunds", "v2.0.0")
            }
        }
        #expect(try data.claim("refunds") == expected)
        let (findings, notes) = try data.fsck()
        #expect(findings == [] && notes == [])
    }

    /// A push that fails after the claim leaves nothing that stands in another's way.
    @Test func aFailedPushKeepsNothing() async throws {
        let data = try await Data()
        for owner in ["acme", "globex"] { try data.make("\(owner)/refunds") }
        #expect(throws: TestFailure.self) {
            try data.register.releasing(CapsuleAddress(parsing: "acme/refunds")) {
                throw TestFailure(description: "disk full")
            }
        }
        #expect(try data.fsck().notes.count == 1)
        #expect(try data.release("globex/refunds") == false)
        #expect(try data.claim("refunds") == "globex")
    }

    /// Releases that came by another way than a push.
    @Test(
        arguments: [
            (["acme"], "settle", "acme"), (["acme"], "see", "acme"), (["acme"], "release", "acme"),
            (["acme", "globex"], "settle", nil), (["acme", "globex"], "see", nil),
            (["acme", "globex"], "release", nil),
            ([], "settle", nil), ([], "see", nil), ([], "release", "initech"),
        ] as [([String], String, String?)]) func releasesWithoutAClaim(
            owners: [String], next: String, expected: String?
        ) async throws
    {
        let data = try await Data()
        for owner in ["acme", "globex", "initech"] { try data.make("\(owner)/refunds") }
        for owner in owners { try data.tag("\(owner)/refunds") }
        #expect(try data.fsck().notes.count == (owners.count == 1 ? 1 : 0))
        switch next {
        case "settle": try data.register.settle()
        case "see": try data.register.see(CapsuleAddress(parsing: "acme/refunds"))
        default: #expect(try data.release("initech/refunds") == (expected != "initech"))
        }
        #expect(try data.claim("refunds") == expected)
        guard owners.count > 1 else { return }
        let all = next == "release" ? "acme, globex, initech" : "acme, globex"
        #expect(
            try data.fsck().findings == ["claim refunds: \(all) have releases of it, and nothing says whose came first"]
        )
        let (claim, former) = try data.accounts.move(CapsuleID("refunds"), to: OwnerName("globex"), in: data.directory)
        #expect(claim.owner.string == "globex" && former == nil)
        #expect(try data.fsck().findings == [])
    }

    /// Who depended on an id must not get another owner's content because a repository went away.
    @Test func aConfirmedClaimIsNotInherited() async throws {
        let data = try await Data()
        for owner in ["acme", "globex"] { try data.make("\(owner)/refunds") }
        try data.release("acme/refunds")
        try FileManager.default.removeItem(atPath: "\(data.directory.storePath)/acme/refunds.git")
        try data.register.settle()
        #expect(try data.release("globex/refunds") == true)
        #expect(try data.claim("refunds") == "acme")
        #expect(try data.fsck().findings == ["claim refunds: it is for acme/refunds, which is not there"])
        try data.make("acme/refunds")
        #expect(try data.fsck().findings == ["claim refunds: it is for acme/refunds, which has no release"])
        let error = try #require(throws: AmxError.self) {
            try data.accounts.move(CapsuleID("refunds"), to: OwnerName("initech"), in: data.directory)
        }
        #expect(error.code == .notFound)
        #expect(
            try data.accounts.move(CapsuleID("refunds"), to: OwnerName("globex"), in: data.directory).former?.string
                == "acme")
        #expect(try data.fsck().findings == [])
        let listing = try ClaimListing(data.directory, data.accounts)
        #expect(listing.entries.map { "\($0.claim.address) \($0.forks)" } == ["globex/refunds []"])
        #expect(listing.open.isEmpty)
    }

    /// Many threads, two owners, many ids: each id has one owner, and whoever was told so has it.
    @Test func racesHaveOneWinner() async throws {
        let data = try await Data()
        let ids = (0..<24).map { "id-\($0)" }
        try await Offload.run { for id in ids { for owner in ["acme", "globex"] { try data.make("\(owner)/\(id)") } } }
        let pairs = ids.flatMap { id in ["acme/\(id)", "globex/\(id)"] }
        let forks = try await Offload.run {
            let outcomes = WorkerThreads.map(pairs, threads: 8, share: 1) { address in
                Result { try data.release(address) }
            }
            return try outcomes.map { try $0.get() }
        }
        for (index, id) in ids.enumerated() {
            let isFork = Array(forks[(2 * index)...(2 * index + 1)])
            #expect(isFork.filter { !$0 }.count == 1, "\(id)")
            #expect(try data.claim(id) == (isFork[0] ? "globex" : "acme"))
        }
        #expect(try data.fsck().findings == [])
    }

    /// The same with real pushes over HTTP, and a hub that is started again.
    @Test func ownersRaceForAnID() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        let process = try HubProcess(folder)
        let hub = try await process.served()
        try await hub.accounts.addOwner(OwnerName("globex"))
        let tokens = ["acme": hub.admin, "globex": try await hub.token("globex", "write").text]
        var outputs: [String: String] = [:]
        for round in 0..<3 {
            let id = "refunds-\(round)"
            let work = try await Clone(capsule: id)
            try await work.git("tag", "-a", "-m", "x", "v1.0.0")
            try await withThrowingTaskGroup(of: (String, String).self) { group in
                for (owner, token) in tokens {
                    group.addTask {
                        let outcome = try await work.attempt(
                            "push", hub.remote("\(owner)/\(id).git", token: token), "main", "v1.0.0")
                        #expect(outcome.status == 0, "\(outcome.errors)")
                        return (owner, outcome.errors)
                    }
                }
                for try await (owner, said) in group { outputs["\(owner)/\(id)"] = said }
            }
        }
        try hub.accounts.close()
        process.kill()
        _ = try await process.end()
        let second = try HubProcess(folder)
        let again = try await second.served()
        for round in 0..<3 {
            let id = "refunds-\(round)"
            let winner = try #require(try again.accounts.claim(of: CapsuleID(id))).owner.string
            let loser = winner == "acme" ? "globex" : "acme"
            #expect(outputs["\(winner)/\(id)"]?.contains("note:") == false)
            #expect(
                outputs["\(loser)/\(id)"]?.contains(
                    "remote: note: the id \(id) is another owner's on this hub: depend on this capsule as \(loser)/\(id)"
                )
                    == true)
            for owner in tokens.keys {
                let flat = try await HTTPProbe.request(
                    again.url, "GET", "/api/v1/capsules/\(id)/index.json",
                    headers: ["Authorization: Bearer \(tokens[owner] ?? "")"])
                #expect(flat.status == (owner == winner ? 200 : 404))
            }
        }
        try again.accounts.close()
        second.terminate()
        #expect(try await second.end() == 0)
        let outcome = try await Offload.run {
            try Tool.run(HubProcess.program, ["fsck", "--data", folder.appending("data")])
        }
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    }

    /// A hub that is killed while two owners push: whose push was acknowledged without a note has the id, and each id has one owner.
    @Test func aKillLosesNoClaim() async throws {
        let folder = try TemporaryDirectory("amx-hub")
        var works: [String: Clone] = [:]
        for id in (0..<4).map({ "refunds-\($0)" }) {
            let work = try await Clone(capsule: id)
            try await work.git("tag", "-a", "-m", "x", "v1.0.0")
            works[id] = work
        }
        var random = SeededGenerator(seed: 0xC1A1)
        var winners: [String: String] = [:]
        var tokens: [String: String] = [:]
        for round in 0..<4 {
            let process = try HubProcess(folder)
            let hub = try await process.served()
            if round == 0 {
                try await hub.accounts.addOwner(OwnerName("globex"))
                tokens = ["acme": hub.admin, "globex": try await hub.token("globex", "write").text]
            }
            let delay = round == 3 ? 0 : Int.random(in: 20...250, using: &random)
            let said = try await withThrowingTaskGroup(of: (String, String)?.self) { group in
                for (id, work) in works {
                    for (owner, token) in tokens {
                        group.addTask {
                            let outcome = try await work.attempt(
                                "push", "--porcelain", hub.remote("\(owner)/\(id).git", token: token), "main", "v1.0.0")
                            #expect(outcome.status == 0 || round < 3, "\(outcome.errors)")
                            let isWinner =
                                outcome.status == 0 && outcome.text.contains("[new tag]")
                                && !outcome.errors.contains("note: the id")
                            return isWinner ? (id, owner) : nil
                        }
                    }
                }
                if delay > 0 {
                    try await Task.sleep(for: .milliseconds(delay))
                    process.kill()
                }
                var winners: [(String, String)] = []
                for try await winner in group { if let winner { winners.append(winner) } }
                return winners
            }
            for (id, owner) in said {
                #expect(winners[id] == nil || winners[id] == owner, "\(id)")
                winners[id] = owner
            }
            if delay == 0 { process.terminate() }
            _ = try await process.end()
            try hub.accounts.close()
        }
        let directory = try DataDirectory(existing: folder.appending("data"))
        let accounts = try AccountDatabase(directory)
        let claims = try accounts.claims()
        #expect(claims.map(\.id.string) == works.keys.sorted())
        #expect(claims.allSatisfy { $0.isConfirmed })
        for claim in claims {
            #expect(winners[claim.id.string].map { $0 == claim.owner.string } ?? true, "\(claim.id)")
        }
        try accounts.close()
        let report = try HubFsck(directory).run { _, _ in }
        #expect(report.findings.map { "\($0.subject) \($0.finding)" } == [])
    }

    @Test func commandsListAndMove() async throws {
        let data = try await Data()
        for address in ["acme/refunds", "globex/refunds", "acme/open", "globex/open"] { try data.make(address) }
        for address in ["acme/refunds", "globex/refunds"] { try data.release(address) }
        for address in ["acme/open", "globex/open"] { try data.tag(address) }
        let path = data.directory.path
        func run(_ arguments: String...) async throws -> Tool.Outcome {
            try await Offload.run { try Tool.run(HubProcess.program, ["claim"] + arguments + ["--data", path]) }
        }
        let json = try await run("list", "--json").text
        #expect(
            json.wholeMatch(
                of:
                    /\{"claims":\[\{"address":"acme\/refunds","claimed":"[^"]+Z","confirmed":true,"forks":\["globex"\],"id":"refunds","owner":"acme"\}\],"unclaimed":\[\{"id":"open","owners":\["acme","globex"\]\}\]\}\n/
            ) != nil, "\(json)")
        let table = try await run("list").text.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        }
        #expect(table.map(\.first) == ["ID", "refunds", "open"] && table[1].last == "globex")
        #expect(
            try await run("move", "refunds", "globex").text
                == "refunds is the id of globex/refunds now; it was that of acme.\n")
        #expect(
            try await run("move", "refunds", "globex").text == "refunds is the id of globex/refunds now, as before.\n")
        #expect(try await run("move", "open", "acme").text == "open is the id of acme/open now.\n")
        let refused = try await run("move", "refunds", "initech")
        #expect(refused.status == 3 && refused.errors.contains("there is no release of initech/refunds"))
        #expect(try await run("move", "Refunds", "acme").status == 1)
    }

    /// The accounts of a hub from before there were claims.
    @Test func olderAccountsAreMigrated() async throws {
        let data = try await Data()
        try data.make("acme/refunds")
        try data.tag("acme/refunds")
        try data.accounts.close()
        let outcome = try Tool.run(
            "python3",
            [
                "-c",
                """
                import sqlite3, sys
                c = sqlite3.connect(sys.argv[1])
                c.executescript("DROP TABLE claim; DELETE FROM grdb_migrations WHERE identifier = 'claims'")
                """, data.directory.databasePath,
            ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        try FileManager.default.removeItem(atPath: "\(data.directory.databasePath).sha256")
        #expect(try data.fsck().findings == [])
        let accounts = try AccountDatabase(data.directory)
        let register = ClaimRegister(
            RepositoryStore(data.directory), accounts, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try register.settle()
        #expect(try accounts.claim(of: CapsuleID("refunds"))?.owner.string == "acme")
        try accounts.close()
        #expect(try HubFsck(data.directory).run { _, _ in }.findings.filter { $0.subject == "accounts" }.isEmpty)
    }
}
