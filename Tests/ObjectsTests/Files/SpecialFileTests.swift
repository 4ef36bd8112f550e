import Foundation
import Glibc
import Objects
import TestSupport
import Testing

/// Pipes and devices where a file is expected: refused, never waited for.
struct SpecialFileTests {
    @Test(.timeLimit(.minutes(15))) func pipesAndDevicesAreNotRead() throws {
        let folder = try TemporaryDirectory()
        let pipe = folder.appending("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let link = folder.appending("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: pipe)
        for path in [pipe, link, "/dev/zero"] {
            #expect(throws: AmxError.self, "\(path)") {
                try FileContent.read(path, limit: 10)
            }
            #expect(try path == link || FileContent.readStart(path, count: 10) == nil)
        }
    }
}
