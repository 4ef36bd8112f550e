import ArgumentParser
import Capsules
import Objects
import Workspaces

/// Shows a comparison in the form that the options ask for.
struct DiffReport {
    private let title: String
    private let members: JSONObject
    private let comparison: ContentComparison
    private let difference: Difference
    private let options: DiffOptions
    private let folder: String

    /// Takes a comparison of the capsule or workspace that `title` names; `members` lead its JSON.
    ///
    /// The paths of a patch lie below `folder`, which is empty or ends in a slash.
    init(
        _ comparison: ContentComparison, title: String, members: JSONObject, below folder: String = "",
        _ options: DiffOptions
    ) throws(AmxError) {
        (self.comparison, self.title, self.members, self.options) = (comparison, title, members, options)
        self.folder = folder
        difference = try comparison.difference(findsRenames: !options.noRenames)
    }

    /// Whether nothing differs.
    var isEmpty: Bool { difference.files.isEmpty }

    /// The result for `--json`.
    func json() throws(AmxError) -> JSONValue { try DiffJSON(comparison, difference, members: members).value }

    /// Shows it. With `--exit-code`, a difference is thrown as the exit status 1 afterwards.
    func show(_ output: Output) throws {
        if output.asJSON {
            try output.show(json: json(), bytes: { _ in [] })
        } else {
            try showText(output)
        }
        if options.exitCode, !isEmpty { throw ExitCode(1) }
    }

    /// Shows several as text, each under its title; those in which nothing differs are left out.
    static func showTexts(of reports: [DiffReport], _ output: Output) throws {
        var isFirst = true
        for report in reports where !report.isEmpty {
            if !report.options.patch {
                if !isFirst { try output.show(json: .null, bytes: { _ in [UInt8(ascii: "\n")] }) }
                isFirst = false
                if report.options.stat || report.options.nameStatus {
                    try output.show(json: .null, bytes: { style in Array("\(style.bold(report.title))\n".utf8) })
                }
            }
            try report.showText(output)
        }
    }

    private func showText(_ output: Output) throws {
        if options.nameStatus {
            try output.show(json: .null, bytes: { _ in Self.names(difference) })
        } else if options.stat {
            let text = try DiffStatistics(comparison, difference)
            try output.show(json: .null, bytes: { style in text.lines(style) })
        } else if options.patch {
            try showPatch(difference, output)
        } else {
            try showSummary(difference, output)
        }
    }

    /// The form of git's `--name-status`: letter, tab, path; of a file that was moved, similarity and both paths.
    private static func names(_ difference: Difference) -> [UInt8] {
        Array(
            difference.files.map { file in
                guard let from = file.renamedFrom else { return "\(file.letter)\t\(file.path.string)\n" }
                let digits = String(file.change.similarity ?? 0)
                let similarity = String(repeating: "0", count: 3 - digits.count) + digits
                return "R\(similarity)\t\(from.string)\t\(file.path.string)\n"
            }.joined().utf8)
    }

    private func showPatch(_ difference: Difference, _ output: Output) throws {
        var left: [String] = []
        for file in difference.files {
            let content = try comparison.content(file.change.from, file.change.to)
            let patch = try UnifiedDiff.text(
                of: file.change, old: content.old, new: content.new, showsBinary: options.binary, below: folder)
            guard let text = patch.text else {
                left.append(file.path.string)
                continue
            }
            try output.show(json: .null, bytes: { style in PatchText.shown(text, style) })
        }
        guard let first = left.first else { return }
        try output.warn(
            "the patch leaves out \(left.count == 1 ? first : "\(first) and \(left.count - 1) more"), which "
                + "\(left.count == 1 ? "is" : "are") not text: --binary includes \(left.count == 1 ? "it" : "them")")
    }

    private func showSummary(_ difference: Difference, _ output: Output) throws {
        guard !difference.files.isEmpty else { return }
        let sides = "\(Self.name(comparison.from)) -> \(Self.name(comparison.to))"
        try output.show(json: .null, bytes: { style in DiffSummary(style).head(title, sides, difference) })
        for type in ChangeType.allCases {
            let files = difference.files.filter { $0.type == type }
            guard !files.isEmpty else { continue }
            try output.show(json: .null, bytes: { style in DiffSummary(style).heading(type) })
            for file in files {
                let detail = try difference.detail(of: file)
                let sizes = try comparison.sizes(file.change.from, file.change.to)
                try output.show(json: .null, bytes: { style in DiffSummary(style).file(file, detail, sizes) })
            }
        }
    }

    /// A side's name for people.
    private static func name(_ side: ContentComparison.Side) -> String {
        switch side {
        case .commit(.zero): "nothing"
        case .commit(let id): String(id.hex.prefix(7))
        case .working: "working form"
        case .file(let path): WorkingDirectory.shown(path)
        }
    }
}

extension FileDifference {
    /// The letter of git's `--name-status`.
    var letter: String {
        switch operation {
        case .create: "A"
        case .update: "M"
        case .delete: "D"
        case .move: "R"
        }
    }
}
