import Capsules
import Foundation
import Objects
import TestSupport
import Testing

/// Merging by row.
@Suite struct RowMergeTests {
    private static let labels = MergeLabels(ours: "main", theirs: "topic")

    private func lines(
        _ base: [String]?, _ ours: [String], _ theirs: [String], favor: MergeSide = .ours
    ) throws -> (rows: [String], conflicts: [Int]) {
        func bytes(_ rows: [String]) -> [UInt8] { rows.flatMap { Array("\($0)\n".utf8) } }
        let merge = try #require(
            RowMerge(
                .jsonLines, width: nil, base: base.map(bytes), ours: bytes(ours), theirs: bytes(theirs), favor: favor))
        return (
            String(decoding: merge.content, as: UTF8.self).split(separator: "\n").map(String.init), merge.conflicts
        )
    }

    @Test(
        arguments: [
            // Without ids.
            (["1", "2", "3"], ["1", "20", "3"], ["1", "2", "30"], ["1", "20", "30"], []),
            (["1", "2", "3"], ["10", "2", "3"], ["1", "20", "3"], ["10", "20", "3"], []),
            (["1", "2"], ["1", "2", "3"], ["1", "2", "4"], ["1", "2", "3", "4"], []),
            (["1", "2", "3"], ["1", "3"], ["1", "2", "3", "4"], ["1", "3", "4"], []),
            (["1", "2", "3"], ["1", "20", "3"], ["1", "21", "3"], ["1", "20", "3"], [1]),
            (["1", "2", "3"], ["1", "20", "3"], ["1", "3"], ["1", "20", "3"], [1]),
            (["1", "2", "3"], ["1", "3"], ["1", "20", "3"], ["1", "3"], [1]),
            (["1"], ["1", "2", "3"], ["1", "2", "3"], ["1", "2", "3"], []),
            // Whether a row that both added beside others is one row or two, nothing tells.
            (["1"], ["1", "2", "3"], ["1", "3", "4"], ["1", "2", "3", "4"], [2]),
            // With ids.
            (
                [#"{"id":1}"#, #"{"id":2}"#], [#"{"id":2,"v":1}"#, #"{"id":1}"#], [#"{"id":1,"v":1}"#, #"{"id":2}"#],
                [#"{"id":2,"v":1}"#, #"{"id":1,"v":1}"#], []
            ),
            (
                [#"{"id":1}"#], [#"{"id":1}"#, #"{"id":2}"#], [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#],
                [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#], []
            ),
            (
                [#"{"id":1}"#], [#"{"id":1}"#, #"{"id":2,"v":1}"#], [#"{"id":1}"#, #"{"id":2,"v":2}"#],
                [#"{"id":1}"#, #"{"id":2,"v":1}"#], [1]
            ),
        ] as [([String], [String], [String], [String], [Int])])
    func cases(base: [String], ours: [String], theirs: [String], merged: [String], conflicts: [Int]) throws {
        let result = try lines(base, ours, theirs)
        #expect(result.rows == merged && result.conflicts == conflicts)
        let mirrored = try lines(base, theirs, ours)
        #expect(mirrored.conflicts.count == conflicts.count)
        if conflicts.isEmpty { #expect(mirrored.rows.sorted() == merged.sorted()) }
        // Merging with oneself is nothing, and one side's change is taken whole.
        #expect(try lines(base, ours, ours).rows == ours)
        #expect(try lines(base, ours, base).rows == ours)
        #expect(try lines(base, base, theirs).rows == theirs)
    }

    @Test(arguments: [1, 2, 3] as [UInt64], [true, false])
    func properties(seed: UInt64, isKeyed: Bool) throws {
        var random = SeededGenerator(seed: seed)
        var serial = 0
        func row(_ id: Int) -> String {
            serial += 1
            return isKeyed ? #"{"id": \#(id), "v": \#(serial)}"# : "\(serial)"
        }
        var clean = 0
        for _ in 0..<60 {
            let base = (0..<Int.random(in: 0...12, using: &random)).map(row)
            func changed(_ first: Int) -> [String] {
                var rows = base
                for step in 0..<Int.random(in: 0...3, using: &random) {
                    let place = Int.random(in: 0...rows.count, using: &random)
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: rows.append(row(first + step))
                    case 1 where place < rows.count: rows.remove(at: place)
                    default:
                        if place < rows.count {
                            rows[place] = isKeyed ? rows[place].replacing("}", with: ", \"w\": 1}") : row(0)
                        }
                    }
                }
                return rows
            }
            let (ours, theirs) = (changed(100), changed(200))
            let merged = try lines(base, ours, theirs)
            let mirrored = try lines(base, theirs, ours)
            #expect(merged.conflicts.count == mirrored.conflicts.count)
            #expect(try lines(base, ours, base).rows == ours && lines(base, base, theirs).rows == theirs)
            #expect(try lines(base, ours, ours).rows == ours)
            // No row is made up, and none is there twice.
            #expect(Set(merged.rows).isSubset(of: ours + theirs) && Set(merged.rows).count == merged.rows.count)
            guard merged.conflicts.isEmpty else { continue }
            clean += 1
            #expect(merged.rows.sorted() == mirrored.rows.sorted())
            // Rows that one side added are there, rows that one side removed are not, unless the other changed them.
            let added = Set(ours + theirs).subtracting(base)
            #expect(added.isSubset(of: merged.rows))
            for gone in base where !ours.contains(gone) || !theirs.contains(gone) {
                #expect(!merged.rows.contains(gone))
            }
        }
        #expect(clean > 20)
    }

    private func floats(_ rows: [[Float]]) -> [UInt8] {
        rows.flatMap { $0.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) } }
    }

    private func merge(
        _ kind: FileKind, _ base: [UInt8], _ ours: [UInt8], _ theirs: [UInt8], favor: MergeSide? = nil
    ) throws -> FileMerge {
        try FileMerge(kind, base: base, ours: ours, theirs: theirs, labels: Self.labels, favor: favor)
    }

    @Test func matrices() throws {
        let kind = FileKind.rows(.floats, width: 2)
        let apart: [[Float]] = [[1, 0], [0, 1], [-1, 0]]
        let clean = try merge(
            kind, floats(apart), floats([[1, 0.5], [0, 1], [-1, 0], [0, -1]]),
            floats([[1, 0], [0, 1], [-1, 0.5], [1, -1]]))
        #expect(clean.conflict == nil)
        #expect(clean.content == floats([[1, 0.5], [0, 1], [-1, 0.5], [0, -1], [1, -1]]))
        let base: [[Float]] = [[1, 1], [2, 2], [3, 3]]
        let both = try merge(
            kind, floats(base), floats([[1, 9], [2, 8], [3, 3]]), floats([[1, 1], [2, 9], [3, 9]]))
        #expect(both.content == floats([[1, 9], [2, 8], [3, 9]]))
        #expect(both.conflict?.kind == .rows && both.conflict?.rows == [1] && both.conflict?.keepsTheirs == true)
        let settled = try merge(
            kind, floats(base), floats([[1, 9], [2, 8], [3, 3]]), floats([[1, 1], [2, 9], [3, 9]]), favor: .theirs)
        #expect(settled.content == floats([[1, 9], [2, 9], [3, 9]]) && settled.conflict == nil)
        // Without a declared width it is a binary.
        let whole = try merge(.rows(.floats, width: nil), floats(base), floats([[0, 1]]), floats([[0, 2]]))
        #expect(whole.conflict?.kind == .binary)
    }

    @Test func numpyReadsWhatWasMerged() throws {
        guard (try? Tool.run("python3", ["-c", "import numpy"]))?.status == 0 else { return }
        let folder = try TemporaryDirectory()
        let script = """
            import numpy as np
            a = np.arange(12, dtype='<f4').reshape(4, 3)
            np.save('base.npy', a); b = a.copy(); b[0] = 9; np.save('ours.npy', np.vstack([b, [[7, 7, 7]]]).astype('<f4'))
            c = a.copy(); c[3] = 8; np.save('theirs.npy', np.vstack([c, [[6, 6, 6]]]).astype('<f4'))
            """
        #expect(try Tool.run("python3", ["-c", script], in: folder.path).status == 0)
        let result = try merge(
            .rows(.numpy, width: nil), folder.read("base.npy"), folder.read("ours.npy"), folder.read("theirs.npy"))
        #expect(result.conflict == nil)
        try folder.write("merged.npy", result.content)
        let shown = try Tool.run(
            "python3", ["-c", "import numpy; print(numpy.load('merged.npy').tolist())"], in: folder.path)
        #expect(
            shown.text
                == "[[9.0, 9.0, 9.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [8.0, 8.0, 8.0], [7.0, 7.0, 7.0], [6.0, 6.0, 6.0]]\n"
        )
    }

    @Test func linesThatAreNotJSONMergeByLineWithoutMarkers() throws {
        let kind = FileKind.rows(.jsonLines, width: nil)
        let clean = try merge(kind, Array("a\nb\nc\n".utf8), Array("A\nb\nc\n".utf8), Array("a\nb\nC\n".utf8))
        #expect(clean.content == Array("A\nb\nC\n".utf8) && clean.conflict == nil)
        let both = try merge(kind, Array("a\n".utf8), Array("b\n".utf8), Array("c\n".utf8))
        #expect(both.content == Array("b\n".utf8) && both.conflict?.keepsTheirs == true)
    }
}
