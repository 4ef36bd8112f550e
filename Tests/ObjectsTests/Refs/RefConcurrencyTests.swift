import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Objects

/// Many writers and readers at once, and other tools beside them.
@Suite(.serialized) struct RefConcurrencyTests {
    /// Collects what threads found.
    private final class Tally: Sendable {
        private let state = Mutex<(counts: [String: Int], errors: [String])>(([:], []))
        func add(_ key: String) { state.withLock { $0.counts[key, default: 0] += 1 } }
        func fail(_ error: String) { state.withLock { $0.errors.append(error) } }
        subscript(key: String) -> Int { state.withLock { $0.counts[key, default: 0] } }
        var errors: [String] { state.withLock { $0.errors } }
    }

    /// Runs a body on threads of its own and waits for all.
    private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let group = DispatchGroup()
        for index in 0..<count {
            group.enter()
            Thread {
                body(index)
                group.leave()
            }.start()
        }
        group.wait()
    }

    @Test func readersSeeAllOrNothing() throws {
        let fixture = try RefFixture()
        let names = try (0..<10).map { try RefFixture.name("refs/heads/n\($0)") }
        try fixture.refs().commit(names.map { RefUpdate($0, expected: .missing, new: fixture.commits[0]) })
        let tally = Tally()
        let (path, commits) = (fixture.path, fixture.commits)
        let done = Atomic(false)
        onThreads(4) { index in
            do {
                if index == 0 {
                    // On a busy machine the readers come late.
                    for round in 1...6000 {
                        if round > 60, tally["whole"] > 100 || tally["mixed"] > 0 { break }
                        // Every third time all of them stand loose, as another tool would leave them.
                        if round % 3 == 0 {
                            let old = commits[(round - 1) % 4]
                            for name in names {
                                try Tool.git(["update-ref", name.string, old.hex, old.hex], in: path)
                                if round % 2 == 0 { break }
                            }
                        }
                        let refs = try Repository(opening: path).refs
                        try refs.commit(names.map { RefUpdate($0, expected: .any, new: commits[round % 4]) })
                    }
                    done.store(true, ordering: .releasing)
                } else {
                    while !done.load(ordering: .acquiring) {
                        // One of them without opening the repository.
                        let refs =
                            index == 1
                            ? try RefSnapshot.names(in: path) : try Repository(opening: path).refs.snapshot().refs
                        let ids = Set(refs.map(\.id))
                        tally.add(ids.count == 1 ? "whole" : "mixed")
                    }
                }
            } catch {
                tally.fail("\(error)")
                done.store(true, ordering: .releasing)
            }
        }
        #expect(tally.errors == [])
        #expect(tally["mixed"] == 0)
        #expect(tally["whole"] > 100)
    }

    @Test func gitReadsAllOrNothing() throws {
        let fixture = try RefFixture()
        let names = try (0..<10).map { try RefFixture.name("refs/heads/n\($0)") }
        try fixture.refs().commit(names.map { RefUpdate($0, expected: .missing, new: fixture.commits[0]) })
        let (path, commits) = (fixture.path, fixture.commits)
        let tally = Tally()
        let done = Atomic(false)
        onThreads(2) { index in
            do {
                if index == 0 {
                    // On a busy machine git comes late.
                    for round in 1...4000 {
                        if round > 40, tally["whole"] > 10 || tally["mixed"] > 0 { break }
                        let refs = try Repository(opening: path).refs
                        try refs.commit(names.map { RefUpdate($0, expected: .any, new: commits[round % 4]) })
                    }
                    done.store(true, ordering: .releasing)
                } else {
                    while !done.load(ordering: .acquiring) {
                        let text = try Tool.git(["for-each-ref", "--format=%(objectname)"], in: path)
                        let ids = text.split(separator: "\n")
                        tally.add(ids.count == 10 && Set(ids).count == 1 ? "whole" : "mixed")
                    }
                }
            } catch {
                tally.fail("\(error)")
                done.store(true, ordering: .releasing)
            }
        }
        #expect(tally.errors == [])
        #expect(tally["mixed"] == 0)
        #expect(tally["whole"] > 10)
    }

    @Test func sixteenWritersBesideGitLoseNothing() throws {
        let fixture = try RefFixture(commits: 40)
        let (path, commits) = (fixture.path, fixture.commits)
        let tally = Tally()
        let writers = 16
        let rounds = 6
        let running = Atomic(writers + 1)
        let shared = try RefFixture.name("refs/heads/shared")
        try fixture.refs().commit([RefUpdate(shared, expected: .missing, new: commits[0])])
        onThreads(writers + 2) { index in
            do {
                if index == writers + 1 {
                    while running.load(ordering: .acquiring) > 0 {
                        _ = try Tool.run("git", ["pack-refs", "--all"], in: path, environment: Tool.gitEnvironment)
                        usleep(20_000)
                    }
                    return
                }
                defer { running.subtract(1, ordering: .acquiringAndReleasing) }
                if index == writers {
                    // Git's own writer, which gives up when it meets a lock: what it acknowledged must stand.
                    for round in 1...20 {
                        let id = commits[round].hex
                        let result = try Tool.run(
                            "git", ["update-ref", "refs/heads/git/own", id], in: path, environment: Tool.gitEnvironment)
                        guard result.status == 0 else { continue }
                        let read = try Tool.git(["rev-parse", "refs/heads/git/own"], in: path)
                        if read != id { tally.fail("git's update to \(id) was lost: \(read)") }
                        tally.add("git")
                    }
                    return
                }
                for round in 1...rounds {
                    // A reference of its own...
                    let own = try RefFixture.name("refs/heads/w\(index)")
                    let expected: RefUpdate.Expectation = round == 1 ? .missing : .id(commits[round - 1])
                    try Repository(opening: path).refs.commit([
                        RefUpdate(own, expected: expected, new: commits[round])
                    ])
                    // ... and one step of the shared one, which exactly one writer wins.
                    while true {
                        let refs = try Repository(opening: path).refs
                        guard let current = try refs.snapshot()[shared]?.id,
                            let step = commits.firstIndex(of: current), step < round
                        else { break }
                        do throws(AmxError) {
                            try refs.commit([RefUpdate(shared, expected: .id(current), new: commits[step + 1])])
                            tally.add("step \(step + 1)")
                        } catch {
                            guard error.code == .conflict else { throw error }
                        }
                    }
                }
            } catch {
                tally.fail("writer \(index): \(error)")
            }
        }
        #expect(tally.errors == [])
        let snapshot = try fixture.refs().snapshot()
        for writer in 0..<writers {
            #expect(snapshot[try RefFixture.name("refs/heads/w\(writer)")]?.id == commits[rounds])
        }
        #expect(snapshot[shared]?.id == commits[rounds])
        for step in 1...rounds { #expect(tally["step \(step)"] == 1, "step \(step) was won more than once or never") }
        #expect(tally["git"] > 0)
        #expect(try fixture.git("fsck", "--strict", "--no-dangling").isEmpty)
        #expect(try fixture.lines(snapshot) == fixture.gitLines())
    }

    @Test func oneWinnerOfACompareAndSwap() throws {
        let fixture = try RefFixture(commits: 20)
        let (path, commits) = (fixture.path, fixture.commits)
        let name = try RefFixture.name("refs/heads/a")
        for round in 0..<4 {
            let tally = Tally()
            let base = try fixture.refs().snapshot()[name]?.id
            let targets = commits.filter { $0 != base }
            onThreads(16) { index in
                do throws(AmxError) {
                    try Repository(opening: path).refs.commit([
                        RefUpdate(name, expected: base.map { .id($0) } ?? .missing, new: targets[index])
                    ])
                    tally.add("won")
                } catch {
                    if error.code == .conflict { tally.add("lost") } else { tally.fail("\(error)") }
                }
            }
            #expect(tally.errors == [])
            #expect(tally["won"] == 1 && tally["lost"] == 15, "round \(round)")
        }
    }
}
