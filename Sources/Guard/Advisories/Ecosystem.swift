import Versions

/// The registries whose packages advisories are about, by OSV's names.
package enum Ecosystem: String, Sendable, CaseIterable {
    case npm
    case pypi = "PyPI"

    /// A package's name in the form in which names are compared.
    func canonical(_ name: String) -> String {
        guard self == .pypi else { return name }
        // PEP 503: runs of dots, dashes and underlines are one dash.
        var result: [UInt8] = []
        for byte in name.lowercased().utf8 {
            let isDash = [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            if !isDash {
                result.append(byte)
            } else if result.last != UInt8(ascii: "-") {
                result.append(UInt8(ascii: "-"))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether a version comes before another; nil when one cannot be read.
    func precedes(_ left: String, _ right: String) -> Bool? {
        switch self {
        case .npm:
            guard let left = SemanticVersion(Self.plain(left)), let right = SemanticVersion(Self.plain(right)) else {
                return nil
            }
            return left < right
        case .pypi:
            guard let left = PythonVersion(left), let right = PythonVersion(right) else { return nil }
            return left < right
        }
    }

    /// OSV writes the beginning of all versions as `0`.
    private static func plain(_ text: String) -> String { text == "0" ? "0.0.0-0" : text }
}
