/// One thing that is wrong, or that deserves a look, in a manifest.
package struct ManifestDiagnostic: Hashable, Sendable {
    /// Whether it stands in the way.
    package enum Severity: String, Hashable, Sendable {
        case error
        case warning
    }

    package let severity: Severity
    /// The file as the caller named it.
    package let file: String
    /// The JSON path of the value, as `$.resources.memory.min`.
    package let path: String
    /// The value's place, from 1; a missing value's is that of the object that lacks it.
    package let line: Int
    package let column: Int
    /// What should stand there.
    package let expected: String
    /// What stands there.
    package let found: String
    /// What to do.
    package let advice: String

    /// Path, expectation and finding, without the place.
    package var summary: String { "\(path): expected \(expected), found \(found)" }

    /// The diagnostic as an object for `--json`.
    package var json: JSONValue {
        [
            "severity": .string(severity.rawValue), "file": .string(file), "path": .string(path), "line": .count(line),
            "column": .count(column), "expected": .string(expected), "found": .string(found), "advice": .string(advice),
        ]
    }
}

extension ManifestDiagnostic: CustomStringConvertible {
    /// `manifest.json:3:14: error: $.version: expected …, found …`, as compilers print.
    package var description: String { "\(file):\(line):\(column): \(severity.rawValue): \(summary)" }
}
