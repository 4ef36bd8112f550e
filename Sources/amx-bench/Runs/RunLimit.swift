import Foundation

/// A figure that is to be held.
struct RunLimit: Sendable {
    let name: String
    /// How it is shown, in the form of printf.
    let format: String
    let limit: Double
    /// What it is, of the medians of rows; nil where one of them was not measured.
    let figure: @Sendable (_ medians: [String: Double]) -> Double?

    /// The line of a table; nil where it was not measured.
    func line(_ rows: [RunRow]) -> String? {
        let medians = rows.compactMap { row in row.median.map { (row.name, $0) } }
        guard let figure = figure(Dictionary(medians) { $1 }) else { return nil }
        let numbers = [figure, limit].map { String(format: format, $0) }
        return "| \(name) | \(numbers[0])\(figure <= limit ? "" : ", **too much**") | \(numbers[1]) |"
    }

    /// All of them.
    static let all = [
        RunLimit(name: "start of the sandbox beside plain bubblewrap's", format: "%.2f x", limit: 1.3) { medians in
            guard let own = medians[RunRow.sandboxName], let plain = medians[RunRow.bubblewrapName] else { return nil }
            return own / plain
        },
        RunLimit(name: RunRow.coldScriptName, format: "%.1f ms", limit: 25) { $0[RunRow.coldScriptName] },
        RunLimit(name: RunRow.warmScriptName, format: "%.2f ms", limit: 3) { $0[RunRow.warmScriptName] },
        RunLimit(name: RunRow.coldModuleName, format: "%.1f ms", limit: 15) { $0[RunRow.coldModuleName] },
        RunLimit(name: RunRow.warmModuleName, format: "%.2f ms", limit: 1) { $0[RunRow.warmModuleName] },
        RunLimit(name: "WebAssembly's fib(32) beside Wasmtime's own", format: "%.2f x", limit: 1.2) { medians in
            guard let own = medians[RunRow.callsName], let bare = medians[RunRow.bareCallsName] else { return nil }
            return own / bare
        },
        RunLimit(name: "WebAssembly's hash beside Wasmtime's own", format: "%.2f x", limit: 1.2) { medians in
            guard let own = medians[RunRow.hashName], let bare = medians[RunRow.bareHashName] else { return nil }
            return own / bare
        },
        RunLimit(name: "a server's tool, warm, over the server's own time", format: "%.2f ms", limit: 2) { medians in
            guard let own = medians[RunRow.toolName], let bare = medians[RunRow.bareToolName] else { return nil }
            return own - bare
        },
        RunLimit(name: RunRow.killName, format: "%.2f ms", limit: 50) { $0[RunRow.killName] },
        RunLimit(name: RunRow.busyKillName, format: "%.2f ms", limit: 50) { $0[RunRow.busyKillName] },
    ]
}
