import Capsules
import Isolation
import Testing

@testable import Runners

@Suite("Runners: limits") struct RunLimitsTests {
    private func manifest(_ members: String) throws -> Manifest {
        try Manifest.parse(Array(#"{"id": "a", "name": "A", "version": "1.0.0", \#(members)}"#.utf8))
    }

    private static let tool = #"{"name": "t", "description": "d", "inputSchema": {}, "handler": "t.py""#

    @Test func defaultsHoldWhereNobodySaysAnything() throws {
        let own = RunLimits(try manifest(#""tags": []"#))
        #expect(RunLimits.effective([RunLimits(), own]) == SandboxLimits())
        // 0 is no word (row A-087).
        #expect(RunLimits.effective([RunLimits(milliseconds: 0, memoryBytes: 0)]).milliseconds == 30_000)
        #expect(RunLimits.effective([RunLimits(milliseconds: 0, memoryBytes: 0)]).memoryBytes == 128 << 20)
    }

    @Test(
        arguments: [
            // The request, the capsule's, the tool's, and what holds, in milliseconds.
            (nil, nil, nil, 30_000), (500, nil, nil, 500), (nil, 700, nil, 700), (nil, nil, 900, 900),
            (500, 700, 900, 500),
            (900, 700, 500, 500), (50_000, 40_000, 60_000, 40_000), (5_000_000, nil, nil, 600_000), (0, 100, nil, 100),
        ] as [(UInt64?, Int?, Int?, UInt64)])
    func theLeastCounts(_ request: UInt64?, _ capsule: Int?, _ tool: Int?, _ expected: UInt64) throws {
        let sandbox = capsule.map { #""sandbox": {"resourceLimits": {"maxDuration": \#($0)}},"# } ?? ""
        let timeout = tool.map { #", "timeout": \#($0)"# } ?? ""
        let manifest = try manifest("\(sandbox) \"tools\": [\(Self.tool)\(timeout)}]")
        let own = RunLimits(manifest, tool: manifest.tools.first)
        let limits = RunLimits.effective([RunLimits(milliseconds: request, memoryBytes: nil), own])
        #expect(limits.milliseconds == expected)
    }

    @Test func memoryAndProcessorsAreTheLeastToo() throws {
        let manifest = try manifest(
            #"""
            "resources": {"memory": {"max": "256MB"}, "storage": {"temporary": "8MB"}},
            "sandbox": {"resourceLimits": {"maxMemory": 512, "maxCpu": 0.25, "maxNetworkCalls": 3}},
            "tools": [\#(Self.tool), "memory": "64MB"}]
            """#)
        let limits = RunLimits.effective([RunLimits(manifest)])
        #expect(limits.memoryBytes == ByteSize("256MB").map { UInt64($0.bytes) })
        #expect(limits.milliprocessors == 250)
        #expect(limits.temporaryBytes == ByteSize("8MB").map { UInt64($0.bytes) })
        #expect(RunLimits(manifest).networkCalls == 3)
        let tool = RunLimits.effective([RunLimits(manifest, tool: manifest.tools.first)])
        #expect(tool.memoryBytes == ByteSize("64MB").map { UInt64($0.bytes) })
        let asked = RunLimits.effective([RunLimits(milliseconds: nil, memoryBytes: 1 << 50), RunLimits()])
        #expect(asked.memoryBytes == 4 << 30)
    }
}
