import Foundation
import TestSupport

/// Finds the folder of data from public projects, which lies beside a checkout or where `AMX_SHARED` points.
enum SharedData {
    /// The folder, or nil where it is absent; tests that need it then skip.
    static let folder: String? = {
        if let named = ProcessInfo.processInfo.environment["AMX_SHARED"] { return named }
        var directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while directory.path != "/" {
            let candidate = directory.appendingPathComponent("shared").path
            if FileManager.default.fileExists(atPath: candidate + "/resolver-data") { return candidate }
            directory.deleteLastPathComponent()
        }
        return nil
    }()

    /// A JSON object from the resolver's tables.
    static func table(_ name: String) throws -> [String: Any]? {
        guard let folder, FileManager.default.fileExists(atPath: "\(folder)/resolver-data/\(name)") else { return nil }
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/resolver-data/\(name)"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any]
    }

    /// A graph of packages, unpacked if it is compressed.
    static func graph(_ name: String) throws -> [String: Any] {
        let path = "\(folder ?? "")/resolver-data/graphs/\(name)"
        let bytes = try Data(
            name.hasSuffix(".gz")
                ? Tool.run("gzip", ["-dc", path]).output : Array(Data(contentsOf: URL(fileURLWithPath: path))))
        return try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
    }
}
