import Capsules
import Objects

extension RemoteCapsule {
    /// The capsule, for `--json`.
    var json: JSONValue {
        [
            "id": .string(id.string), "here": .bool(isHere), "head": .optional(head),
            "branches": .array(branches.map(\.json)), "releases": .array(releases.map(\.json)),
            "branch": .optional(current?.branch), "ahead": current.map { .count($0.ahead) } ?? .null,
            "behind": current.map { .count($0.behind) } ?? .null,
        ]
    }

    /// In a few words, what there is and what of it is not here.
    func summary(_ style: Style) -> String {
        var parts = isWorkspace ? ["the workspace"] : []
        parts += [
            Self.count(branches.filter { $0.state != .gone }.count, "branch", "branches"),
            Self.count(releases.count, "release", "releases"),
        ]
        guard isHere else { return (parts + [style.yellow("not here")]).joined(separator: ", ") }
        let news = (branches + releases).filter { $0.state != .same }
        for (state, words) in [
            (State.new, "new"), (.moved, "moved on"), (.gone, "gone there"), (.different, "different here"),
        ] {
            let names = news.filter { $0.state == state }.map(\.name)
            guard !names.isEmpty else { continue }
            let shown = names.prefix(3).joined(separator: ", ")
            parts.append(style.yellow("\(shown)\(names.count > 3 ? " and \(names.count - 3) more" : "") \(words)"))
        }
        if let current {
            if current.ahead > 0 { parts.append("\(current.branch) \(current.ahead) ahead") }
            if current.behind > 0 { parts.append("\(current.branch) \(current.behind) behind") }
        }
        if news.isEmpty, current.map({ $0.ahead == 0 && $0.behind == 0 }) ?? true {
            parts.append(style.green("up to date"))
        }
        return parts.joined(separator: ", ")
    }

    /// Every branch and release as a line.
    func details(_ style: Style) -> String {
        var table = Table()
        for line in branches {
            let name = line.name == head ? style.green(line.name) : line.name
            table.add(name, line.commit?.abbreviated ?? "-", line.state.rawValue)
        }
        for line in releases { table.add(line.name, line.commit?.abbreviated ?? "-", line.state.rawValue) }
        return table.text(indent: "  ")
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}

extension RemoteCapsule.Line {
    /// The branch or release, for `--json`.
    var json: JSONValue {
        ["name": .string(name), "commit": .optional(commit?.hex), "state": .string(state.rawValue)]
    }
}
