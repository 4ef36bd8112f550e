import Objects

/// What a file's text is written in, which decides the rules that look at it.
package enum Language: String, Sendable, CaseIterable {
    case javascript
    case python
    case shell
    /// Text for people and models: Markdown, plain text, licences.
    case prose
    /// JSON, YAML, TOML, configuration.
    case data
    /// HTML and SVG.
    case markup

    /// What a file is written in: by its name's ending, else by its first line.
    ///
    /// A notebook is Python and prose. A text of an unknown kind may be any kind of code, since `python3 notes.dat` runs.
    package static func of(_ name: String, _ content: [UInt8]) -> Set<Language> {
        if let known = byName(name) { return known }
        guard content.starts(with: "#!".utf8) else { return [.javascript, .python, .shell] }
        let line = String(decoding: content.prefix { $0 != 0x0A }.prefix(200), as: UTF8.self)
        if line.contains("python") { return [.python] }
        if ["node", "deno", "bun"].contains(where: { line.contains($0) }) { return [.javascript] }
        return [.shell]
    }

    /// What the ending of a name says; nil where it says nothing.
    static func byName(_ name: String) -> Set<Language>? {
        let lower = name.lowercased()
        switch lower {
        case "license", "licence", "notice", "readme", "authors", "changelog", "copying", "contributing":
            return [.prose]
        case "dockerfile", "makefile", "justfile", "containerfile": return [.shell]
        case ".env", ".npmrc", ".pypirc", ".netrc", ".editorconfig", ".gitignore", ".amxignore", ".gitattributes":
            return [.data]
        default: break
        }
        guard let dot = lower.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        switch lower[lower.utf8.index(after: dot)...] {
        case "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx": return [.javascript]
        case "vue", "svelte", "astro": return [.javascript, .markup]
        case "py", "pyi", "pyw": return [.python]
        case "ipynb": return [.python, .prose]
        case "sh", "bash", "zsh", "ksh", "fish", "command", "mk": return [.shell]
        case "md", "markdown", "mdx", "txt", "rst", "adoc", "org", "tex": return [.prose]
        case "json", "jsonl", "ndjson", "json5", "jsonc", "yaml", "yml", "toml", "ini", "cfg", "conf", "env",
            "properties",
            "lock", "csv", "tsv", "xsd", "plist":
            return [.data]
        case "html", "htm", "xhtml", "svg", "xml": return [.markup, .javascript]
        case "css", "scss", "less": return []
        default: return nil
        }
    }
}
