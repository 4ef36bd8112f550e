import Capsules
import Objects

/// What was before the first commit: nothing.
struct EmptyContent: ComparedContent {
    var manifest: FileEntry? { nil }
    func bytes(of file: FileEntry) throws(AmxError) -> [UInt8] { [] }
    func size(of file: FileEntry) throws(AmxError) -> Int { 0 }
    func isKept(_ file: FileEntry) -> Bool { true }
}
