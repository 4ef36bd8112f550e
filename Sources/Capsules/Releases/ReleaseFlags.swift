/// What stands in a table after a release's ids.
enum ReleaseFlags {
    static let digest: UInt8 = 1
    static let problem: UInt8 = 2
    static let aimatrixVersion: UInt8 = 4
    static let all = digest | problem | aimatrixVersion
}
