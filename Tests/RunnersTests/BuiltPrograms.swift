import Foundation

/// Where the programs are that were built with the tests.
enum BuiltPrograms {
    static let worker =
        (Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
        ?? Bundle.main.bundleURL).appendingPathComponent("amx-worker").path
}
