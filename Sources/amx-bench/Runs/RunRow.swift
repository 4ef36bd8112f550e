import Foundation
import Glibc
import Objects

/// One thing that is run, and how long that took.
struct RunRow {
    let name: String
    /// Runs it once and tells the milliseconds; nil for a peer that is not on this machine.
    let run: (() throws -> Double)?
    /// The milliseconds of all rounds.
    var times: [Double] = []

    /// Something that is on this machine; nil for a peer that is not.
    init(_ name: String, run: (() throws -> Double)?) { (self.name, self.run) = (name, run) }

    /// A peer that is looked for on PATH; it takes part where it is there.
    init(_ name: String, peer: String, run: (_ path: String) throws -> () throws -> Double) rethrows {
        self.name = name
        self.run = try Self.find(peer).map(run)
    }

    /// The line of a table.
    var line: String {
        guard run != nil else { return "| \(name) | not installed | | |" }
        let sorted = times.sorted()
        let numbers = [median ?? 0, sorted[sorted.count * 95 / 100], sorted[0]]
        return "| \(name) | " + numbers.map { String(format: "%.2f", $0) }.joined(separator: " | ") + " |"
    }

    /// Half of the rounds took no longer.
    var median: Double? { times.isEmpty ? nil : times.sorted()[times.count / 2] }

    /// The milliseconds that something takes.
    static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = MonotonicClock.nanoseconds()
        try body()
        return Double(MonotonicClock.nanoseconds() - start) / 1e6
    }

    private static func find(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }
}
