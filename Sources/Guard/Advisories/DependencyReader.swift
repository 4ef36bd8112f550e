import Capsules
import Objects

/// Reads which packages a capsule asks for, from the files that it understands: `package.json`, `package-lock.json`,
/// `requirements*.txt`, `pyproject.toml` and `uv.lock`.
///
/// What cannot be read, and a requirement without a version, gives nothing.
enum DependencyReader {
    /// The packages that a file names; nil when it is none of these.
    static func dependencies(in file: ScannedFile) -> [DeclaredDependency]? {
        let name = file.path.name
        switch name {
        case "package.json": return npmManifest(file.content)
        case "package-lock.json": return npmLock(file.content)
        case "pyproject.toml": return pythonProject(lines(file.content))
        case "uv.lock", "poetry.lock": return pythonLock(lines(file.content))
        default:
            guard name.hasPrefix("requirements"), name.hasSuffix(".txt") else { return nil }
            return lines(file.content).enumerated().compactMap { requirement($1, line: $0 + 1) }
        }
    }

    private static func lines(_ content: [UInt8]) -> [String] {
        content.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: npm

    private static func npmManifest(_ content: [UInt8]) -> [DeclaredDependency] {
        guard let root = (try? JSONParser.parse(content))?.object else { return [] }
        let lines = quotedLines(in: content)
        return ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"].flatMap { kind in
            (root[kind]?.object?.members ?? []).compactMap { member -> DeclaredDependency? in
                guard let range = member.value.string, let lowest = lowest(ofRange: range) else { return nil }
                return DeclaredDependency(
                    ecosystem: .npm, name: member.key, version: lowest.version, isExact: lowest.isExact,
                    line: lines[Array(member.key.utf8)[...]] ?? 1)
            }
        }
    }

    private static func npmLock(_ content: [UInt8]) -> [DeclaredDependency] {
        guard let packages = (try? JSONParser.parse(content))?["packages"]?.object else { return [] }
        let lines = quotedLines(in: content)
        return packages.members.compactMap { member in
            guard let name = npmName(ofPath: member.key), let version = member.value["version"]?.string else {
                return nil
            }
            return DeclaredDependency(
                ecosystem: .npm, name: name, version: version, isExact: true,
                line: lines[Array(member.key.utf8)[...]] ?? 1)
        }
    }

    /// What stands after the last `node_modules/` of a path.
    private static func npmName(ofPath path: String) -> String? {
        let folder = Array("node_modules/".utf8)
        let bytes = Array(path.utf8)
        var start = bytes.count - folder.count
        while start >= 0 {
            if bytes[start...].starts(with: folder) {
                return String(decoding: bytes[(start + folder.count)...], as: UTF8.self)
            }
            start -= 1
        }
        return nil
    }

    /// The version that a range begins with: of `^1.2.3`, `~1.2.3`, `>=1.2.3 <2` and `1.2.3` it is 1.2.3.
    private static func lowest(ofRange range: String) -> (version: String, isExact: Bool)? {
        guard !range.contains("||") else { return nil }
        let first = range.drop { $0 == " " }.prefix { $0 != " " }
        let version = first.drop { "^~>=v".contains($0) }
        let numbers = version.prefix { $0 != "-" && $0 != "+" }.split(separator: ".", omittingEmptySubsequences: false)
        guard !first.hasPrefix("<"), !numbers.isEmpty, numbers.count <= 3,
            numbers.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } })
        else { return nil }
        let whole = numbers.count == 3
        let isExact = whole && (first == version || first.hasPrefix("=") || first.hasPrefix("v"))
        return (whole ? String(version) : (numbers + ["0", "0"]).prefix(3).joined(separator: "."), isExact)
    }

    /// The line of each text's first appearance between quotes, from 1.
    private static func quotedLines(in content: [UInt8]) -> [ArraySlice<UInt8>: Int] {
        var lines: [ArraySlice<UInt8>: Int] = [:]
        var line = 1
        var open: Int?
        for (index, byte) in content.enumerated() {
            if byte == 0x0A { (line, open) = (line + 1, nil) }
            guard byte == 0x22 else { continue }
            if let start = open, lines[content[start..<index]] == nil { lines[content[start..<index]] = line }
            open = index + 1
        }
        return lines
    }

    // MARK: Python

    /// A requirement of PEP 508, `name[extras]==1.2 ; marker`; nil without a version to begin at.
    private static func requirement(_ text: String, line: Int) -> DeclaredDependency? {
        let text = text.prefix { $0 != "#" && $0 != ";" }.filter { $0 != " " && $0 != "\t" && $0 != "\r" }
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard !name.isEmpty, !name.hasPrefix("-") else { return nil }
        var rest = text.dropFirst(name.count)
        if rest.hasPrefix("[") { rest = rest.drop { $0 != "]" }.dropFirst() }
        rest = rest.drop { $0 == "(" }
        for part in rest.split(separator: ",") {
            for (sign, isExact) in [("===", true), ("==", true), ("~=", false), (">=", false)]
            where part.hasPrefix(sign) {
                let version = part.dropFirst(sign.count).prefix { $0 != ")" && $0 != "\\" && $0 != "-" }
                let wildcard = version.hasSuffix(".*")
                return DeclaredDependency(
                    ecosystem: .pypi, name: String(name), version: String(wildcard ? version.dropLast(2) : version),
                    isExact: isExact && !wildcard, line: line)
            }
        }
        return nil
    }

    /// The texts in quotes within the arrays of `[project]`, `[project.optional-dependencies]`, `[dependency-groups]` and `[build-system]`.
    private static func pythonProject(_ lines: [String]) -> [DeclaredDependency] {
        var result: [DeclaredDependency] = []
        var isWanted = false
        var isInside = false
        for (index, line) in lines.enumerated() {
            let plain = line.drop { $0 == " " || $0 == "\t" }
            if plain.hasPrefix("["), !isInside {
                isWanted = ["[project]", "[project.optional-dependencies]", "[dependency-groups]", "[build-system]"]
                    .contains { plain.hasPrefix($0) }
                continue
            }
            guard isWanted else { continue }
            var values = plain
            if !isInside {
                guard let equals = plain.firstIndex(of: "=") else { continue }
                values = plain[plain.index(after: equals)...].drop { $0 == " " }
                guard values.hasPrefix("[") else { continue }
            }
            for text in quoted(values) {
                if let found = requirement(text, line: index + 1) { result.append(found) }
            }
            // A bracket within quotes is an extra; a line that ends by one closes the array.
            let end = plain.prefix { $0 != "#" }.filter { $0 != " " && $0 != "\r" && $0 != "," }
            isInside = !end.hasSuffix("]")
        }
        return result
    }

    private static func quoted(_ text: Substring) -> [String] {
        var result: [String] = []
        var open: Character?
        var current = ""
        for character in text {
            if let quote = open {
                if character == quote {
                    result.append(current)
                    (open, current) = (nil, "")
                } else {
                    current.append(character)
                }
            } else if character == "#" {
                break
            } else if character == "\"" || character == "'" {
                open = character
            }
        }
        return result
    }

    /// The `name` and `version` of each `[[package]]`.
    private static func pythonLock(_ lines: [String]) -> [DeclaredDependency] {
        var result: [DeclaredDependency] = []
        var name: (text: String, line: Int)?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("[") {
                name = nil
            } else if line.hasPrefix("name = "), let text = quoted(line[...]).first {
                name = (text, index + 1)
            } else if line.hasPrefix("version = "), let version = quoted(line[...]).first, let found = name {
                result.append(
                    DeclaredDependency(
                        ecosystem: .pypi, name: found.text, version: version, isExact: true, line: found.line))
                name = nil
            }
        }
        return result
    }
}
