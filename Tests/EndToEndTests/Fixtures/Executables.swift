import Foundation

/// Where the programs are that were built beside the tests.
enum Executables {
    /// The command line.
    static let amx = folder.appendingPathComponent("amx").path
    /// What measures; nil where only the tests were built.
    static let bench: String? = {
        let path = folder.appendingPathComponent("amx-bench").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()
    /// The hub.
    static let hub = folder.appendingPathComponent("amx-hub").path

    private static let folder =
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
        ?? Bundle.main.bundleURL
}
