import Capsules
import Manuals
import Objects

/// What the last word of a command line may become.
struct Completion {
    /// A word, and what it means.
    struct Candidate: Hashable {
        let text: String
        var meaning = ""
    }

    /// What the shell completes by itself.
    enum Paths: String {
        case none
        case files
        case directories
    }

    /// The words, in the order in which they are offered.
    private(set) var candidates: [Candidate] = []
    /// Whether names of files are offered as well.
    private(set) var paths = Paths.none
    private var isAboutRemotes = false
    private var isAboutSettings = false

    /// Completes the words after the program's name; the last one is the word that is being typed.
    init(_ words: [String]) {
        guard let line = CommandLineWords(Array(words.dropLast())) else { return }
        let command = line.command
        let word = words.last ?? ""
        isAboutRemotes = command.path.contains("remote") && command.name != "add"
        isAboutSettings = command.path.contains("config")
        // What stands before on the line says what may come: `-C DIR` also where names are looked for.
        var places: [String] = []
        var rest = line.rest[...]
        var open: ArgumentDescription?
        var isBehindOptions = false
        while let text = rest.popFirst() {
            open = nil
            if text == "--", !isBehindOptions {
                isBehindOptions = true
            } else if isBehindOptions || !text.hasPrefix("-") {
                places.append(text)
            } else if let option = command.option(text), !option.valueName.isEmpty, !text.contains("=") {
                if rest.popFirst() == nil { open = option }
            }
        }
        let names = CompletionNames(words, isAboutWorkspace: command.path.contains("workspace"))
        if let open {
            add(values(of: open, names: names, after: places))
        } else if !isBehindOptions, word.hasPrefix("-") {
            if let equals = word.firstIndex(of: "="), let option = command.option(String(word[..<equals])) {
                let name = word[...equals]
                add(
                    values(of: option, names: names, after: places).map {
                        Candidate(text: "\(name)\($0.text)", meaning: $0.meaning)
                    })
            } else {
                add(
                    command.options.flatMap { option in
                        option.names.map { Candidate(text: $0, meaning: option.abstract) }
                    })
            }
        } else {
            if places.isEmpty, line.unknown == nil {
                add(command.children.map { Candidate(text: $0.name, meaning: $0.abstract) })
            }
            let target = command.defaultChild.flatMap { command.descendant([$0]) } ?? command
            for placeholder in target.placeholders(after: places, isInCapsule: names.currentID != nil) {
                if placeholder.hasPrefix("=") { add([Candidate(text: String(placeholder.dropFirst()))]) }
                add(values(of: placeholder, names: names, after: places))
            }
        }
        candidates = candidates.filter { $0.text.utf8.starts(with: word.utf8) }
    }

    private mutating func add(_ more: [Candidate]) {
        for candidate in more where !candidates.contains(where: { $0.text == candidate.text }) {
            candidates.append(candidate)
        }
    }

    private mutating func values(
        of option: ArgumentDescription, names: CompletionNames, after places: [String]
    ) -> [Candidate] {
        if !option.values.isEmpty { return option.values.map { Candidate(text: $0) } }
        return values(of: option.valueName, names: names, after: places)
    }

    /// What a placeholder of a usage line stands for.
    private mutating func values(
        of placeholder: String, names: CompletionNames, after places: [String]
    ) -> [Candidate] {
        switch placeholder {
        case "id": return names.ids()
        case "id[@constraint]|file":
            paths = .files
            return names.ids()
        case "id[@rev]", "id@rev", "id@version": return names.ids() + names.revisionsOfIDs()
        case "id[@rev]|file", "id[@rev]|path":
            paths = .files
            return names.ids() + names.revisionsOfIDs()
        case "branch": return names.branches(of: places)
        case "rev", "a", "b": return names.revisions(of: places)
        case "side":
            paths = .files
            return names.revisions(of: places)
        case "remote": return names.remotes()
        case "version": return names.versions(of: places)
        case "number": return names.stashes(of: places)
        case "path": return names.paths(of: places)
        case "key" where isAboutSettings: return names.settings()
        case "command": return names.commands(below: places)
        case "shell": return ["bash", "zsh", "fish"].map { Candidate(text: $0) }
        case "when": return ColorChoice.allCases.map { Candidate(text: $0.rawValue) }
        case "dir", "directory": paths = .directories
        case "name" where isAboutRemotes, "old" where isAboutRemotes: return names.remotes()
        case "file", "output", "url": paths = .files
        default: break
        }
        return []
    }
}
