import Foundation
import TestSupport
import Testing

/// One process that runs two hundred programs and scripts, most of which fail.
@Suite(.onTestThreads) struct ManyRunsTests {
    /// What there is of a process at one moment.
    private struct State: Equatable {
        var descriptors: [String]
        var threads: Int
        var children: [String]
        var groups: Set<String>
    }

    private static func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// A process's descendants, with their states and names, the first ones first.
    private static func descendants(of process: Int32) -> [(id: Int32, state: String, words: String)] {
        var (found, waiting): ([(Int32, String, String)], [Int32]) = ([], [process])
        while let next = waiting.popLast() {
            for thread in names("/proc/\(next)/task") {
                for child in text("/proc/\(next)/task/\(thread)/children").split(separator: " ") {
                    guard let child = Int32(child) else { continue }
                    let state =
                        text("/proc/\(child)/stat").split(separator: ")").last?.split(separator: " ").first ?? ""
                    let words = text("/proc/\(child)/cmdline").split(separator: "\0").joined(separator: " ")
                    found.append((child, String(state), words))
                    waiting.append(child)
                }
            }
        }
        return found
    }

    private static func state(of process: Int32) -> State {
        let descriptors = names("/proc/\(process)/fd").map { name in
            let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(name)")) ?? ""
            // What numbers name differs from run to run.
            return String(path.prefix { !$0.isNumber })
        }
        let places = ["/sys/fs/cgroup/amx", "/sys/fs/cgroup/memory/amx"]
        return State(
            descriptors: descriptors.sorted(), threads: names("/proc/\(process)/task").count,
            // One that has just been started, or waits for a processor, is in another state than one that sleeps.
            children: descendants(of: process).map {
                "\($0.state == "Z" ? "Z" : "-") \($0.words.split(separator: " ").first ?? "")"
            },
            groups: Set(places.flatMap(names).filter { $0.hasPrefix("slot-") }))
    }

    private static let programs = [
        ("test.py", "print('true')\n"), ("test", "#!/bin/sh\nexit 3\n"),
        ("test.js", "function handler() { return 1 }\n"),
        ("test", "#!/bin/sh\n(setsid sleep 600 &)\nkill -SEGV $$\n"),
        ("test.js", "function handler() { throw new Error('no') }\n"),
        ("test", "#!/bin/sh\n(sleep 600 >/dev/null 2>&1 &)\necho no JSON\n"), ("test", "#!/no/such/program\n"),
        ("test", "#!/bin/sh\nhead -c 17000000 /dev/zero\n"),
    ]

    @Test func leaveNothing() throws {
        let work = try AmxTool().workspace()
        try work.json("new", "wc")
        for number in 1...200 {
            let (name, text) = Self.programs[number % Self.programs.count]
            try work.write("wc", "tests/\(100 + number)-\(name)", text)
        }
        // The first and the last one wait until somebody has looked.
        try work.write("wc", "tests/000-test", "#!/bin/sh\nexec sleep 611\n")
        try work.write("wc", "tests/999-test", "#!/bin/sh\nexec sleep 612\n")
        let folder = work.capsule("wc") + "/tests"
        let marked = try Tool.run("/bin/sh", ["-c", "chmod 755 \(folder)/*-test"])
        #expect(marked.status == 0)
        try FileManager.default.createDirectory(atPath: work.home.path + "/tmp", withIntermediateDirectories: true)
        let amx = try work.start(["test", "wc"], with: ["TMPDIR": work.home.path + "/tmp"])
        var states: [State] = []
        for name in ["sleep 611", "sleep 612"] {
            var waiting: Int32?
            let isThere = Patience.waits {
                waiting = Self.descendants(of: amx.processIdentifier).first { $0.words == name }?.id
                return waiting != nil || !amx.isRunning
            }
            #expect(isThere)
            let process = try #require(waiting)
            states.append(Self.state(of: amx.processIdentifier))
            kill(process, SIGKILL)
        }
        #expect(amx.waitUntilExit() == 1)
        #expect(states[0].descriptors == states[1].descriptors)
        #expect(states[0].threads == states[1].threads)
        #expect(states[0].children.map { $0.replacing("611", with: "612") } == states[1].children)
        #expect(!states[1].children.contains { $0.hasPrefix("Z") })
        // Groups are the slots', as many as there are of these, and stay.
        #expect(states[1].groups.count <= 1_024)
        #expect(Self.names(work.home.path + "/tmp") == [])
        #expect(Self.names(work.directory + "/.aimatrix/cache/runs") == [])
        #expect(Self.names(work.directory + "/.aimatrix/tmp") == [])
        let ends = try work.json("events", "wc", "--type", "executed")["events"].array.compactMap {
            $0["payload"]["outcome"].string
        }
        #expect(ends.count == 202)
        let kinds = Set(ends)
        let wanted: Set = [
            "ok", "exit(3)", "signal(11)", "trap(exception)", "trap(output)", "setup_failed", "denied(quota)",
            "signal(9)",
        ]
        #expect(kinds == wanted)
    }
}
