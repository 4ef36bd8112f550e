import Foundation

/// A fresh directory that disappears with its owner.
public final class TemporaryDirectory: Sendable {
    /// Its absolute path, without symbolic links.
    public let path: String

    /// Makes the directory below the system's temporary folder.
    public init(_ label: String = "amx-test") throws {
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        path = "\(base)/\(label)-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The absolute path of an entry.
    public func appending(_ relative: String) -> String { "\(path)/\(relative)" }

    /// Writes a file, making the folders above it; `executable` sets mode 0755.
    @discardableResult
    public func write(_ relative: String, _ content: some Sequence<UInt8>, executable: Bool = false) throws -> String {
        let file = appending(relative)
        let parent = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        if executable {
            try Tool.install(content, at: file)
        } else {
            try Data(content).write(to: URL(fileURLWithPath: file))
        }
        return file
    }

    /// Writes a text file.
    @discardableResult
    public func write(_ relative: String, text: String, executable: Bool = false) throws -> String {
        try write(relative, Array(text.utf8), executable: executable)
    }

    /// Reads a file's bytes.
    public func read(_ relative: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: appending(relative))))
    }
}
