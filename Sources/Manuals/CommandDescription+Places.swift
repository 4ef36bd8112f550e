extension CommandDescription {
    /// A part of a usage line that stands at a place.
    private enum Item {
        /// A word that is typed as it is; whether it may be left out.
        case word(String, isOptional: Bool)
        /// A placeholder's name.
        case placeholder(String)
    }

    /// The option of a name, which may be followed by `=` and a value.
    package func option(_ word: String) -> ArgumentDescription? {
        let name = word.prefix { $0 != "=" }
        return options.first { $0.names.contains(String(name)) }
    }

    /// What can come after some words, by the placeholders of the usage lines.
    ///
    /// In a capsule's directory the id may be left out, so that what follows it can come as well.
    package func placeholders(after words: [String], isInCapsule: Bool) -> [String] {
        var found: [String] = []
        for line in usage {
            var (items, repeats) = items(of: line)
            var index = words.count
            // Words of the line that have been typed, or may be left out.
            var typed = words[...]
            while case .word(let text, let isOptional) = items.first {
                items.removeFirst()
                if typed.first == text {
                    typed.removeFirst()
                    index -= 1
                } else if !isOptional {
                    if typed.isEmpty { found.append("=\(text)") }
                    items = []
                    repeats = false
                }
            }
            let names = items.compactMap { item in if case .placeholder(let name) = item { name } else { nil } }
            var indices = [index]
            if isInCapsule, names.first?.hasPrefix("id") == true { indices.append(index + 1) }
            for index in indices {
                if index < names.count {
                    found.append(names[index])
                } else if repeats, let last = names.last {
                    found.append(last)
                }
            }
        }
        return found
    }

    /// Reads a usage line; whether its last placeholder may stand several times.
    private func items(of line: String) -> (items: [Item], repeats: Bool) {
        var items: [Item] = []
        var repeats = false
        var belongsToOption = false
        var rest = line[...]
        // Its own names come first.
        for name in path {
            rest = rest.drop { $0 == " " }
            if rest.hasPrefix(name) { rest = rest.dropFirst(name.count) }
        }
        while let first = rest.first {
            switch first {
            case " ", "]", "|":
                rest.removeFirst()
                if first == "|" { return (items.filter { if case .placeholder = $0 { true } else { false } }, repeats) }
            case "<":
                let name = rest.dropFirst().prefix { $0 != ">" }
                rest = rest.dropFirst(name.count + 2)
                if !belongsToOption, name != "options" { items.append(.placeholder(String(name))) }
                belongsToOption = false
            case ".":
                repeats = true
                rest.removeFirst()
            default:
                let isOptional = first == "["
                if isOptional { rest.removeFirst() }
                let word = rest.prefix { !" []<|".contains($0) }
                rest = rest.dropFirst(word.count)
                if word.hasPrefix("-") {
                    belongsToOption = !rest.hasPrefix("]")
                } else if !word.isEmpty {
                    items.append(.word(String(word), isOptional: isOptional))
                }
            }
        }
        return (items, repeats)
    }
}
