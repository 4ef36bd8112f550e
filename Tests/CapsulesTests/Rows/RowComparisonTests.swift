import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@Suite("Row matrices: comparing")
struct RowComparisonTests {
    private static func matrix(_ rows: [[Float]], width: Int = 2) throws -> RowMatrix {
        try RowMatrix(.floats, bytes: RowMatrixTests.floats(rows.flatMap { $0 }), width: width)
    }

    /// Rows by letters: each has its own direction; a lower-case letter is near its capital, a digit near nothing.
    private static func letters(_ text: String) throws -> RowMatrix {
        try matrix(
            text.unicodeScalars.map { scalar in
                let isLower = scalar.properties.isLowercase
                let place = Int(scalar.value) - (isLower ? 97 : scalar.value < 65 ? 48 - 26 : 65)
                var row = [Float](repeating: 0, count: 40)
                row[place] = 1
                if isLower { row[39] = 0.1 }
                return row
            }, width: 40)
    }

    @Test(
        "finds rows again",
        arguments: [
            // old, new, added, removed, moved, changed, similar
            ("", "", 0, 0, 0, 0, 0), ("ABC", "ABC", 0, 0, 0, 0, 0), ("", "AB", 2, 0, 0, 0, 0),
            ("AB", "", 0, 2, 0, 0, 0),
            ("ABC", "ABCD", 1, 0, 0, 0, 0), ("ABC", "DABC", 1, 0, 0, 0, 0), ("ABC", "AC", 0, 1, 0, 0, 0),
            ("ABC", "AXC", 0, 0, 0, 1, 0), ("ABC", "AbC", 0, 0, 0, 0, 1), ("ABC", "CAB", 0, 0, 1, 0, 0),
            ("ABCDE", "EDCBA", 0, 0, 4, 0, 0), ("ABC", "abc", 0, 0, 0, 0, 3), ("AAB", "AB", 0, 1, 0, 0, 0),
            // The first of equal rows goes: nothing moved.
            ("ABAC", "BAC", 0, 1, 0, 0, 0), ("AAAA", "AAA", 0, 1, 0, 0, 0), ("ABABAB", "ABAB", 0, 2, 0, 0, 0),
            // A gap of unequal length: the near row is the same one.
            ("AXYB", "AyB", 0, 1, 0, 0, 1), ("AXB", "AWxB", 1, 0, 0, 0, 1), ("AXYZB", "AzB", 0, 2, 0, 0, 1),
            // Far apart: one went and others came.
            ("AXB", "AWVB", 2, 1, 0, 0, 0),
            // Beyond a row that stayed, nearness counts for nothing.
            ("ABCDEF", "AfCDEB", 1, 1, 1, 0, 0),
        ])
    func aligns(old: String, new: String, added: Int, removed: Int, moved: Int, changed: Int, similar: Int) throws {
        let result = RowComparison(try Self.letters(old), try Self.letters(new))
        #expect(result.alignment.added.count == added)
        #expect(result.alignment.removed.count == removed)
        #expect(result.alignment.moved.count == moved)
        #expect(result.changed.count == changed)
        #expect(result.similar.count == similar)
    }

    @Test("each row has at most one counterpart, and equal rows are found again, on random matrices")
    func isConsistent() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let alphabet = Array("ABCDEFGHIJabcdefghij0123".prefix(Int.random(in: 1...24, using: &random)))
            func text() -> String {
                String(
                    (0..<Int.random(in: 0...12, using: &random)).map { _ in
                        alphabet.randomElement(using: &random) ?? "A"
                    })
            }
            let (first, second) = (text(), text())
            let (old, new) = (try Self.letters(first), try Self.letters(second))
            let alignment = RowAlignment(from: old, to: new)
            for (row, place) in alignment.oldRows.enumerated() {
                if let place { #expect(alignment.newRows[place] == row) }
            }
            for (place, row) in alignment.newRows.enumerated() {
                if let row { #expect(alignment.oldRows[row] == place) }
            }
            // What stays in place stands in the same order on both sides.
            let moved = Set(alignment.moved)
            let staying = alignment.oldRows.indices.filter { !moved.contains($0) }.compactMap { alignment.oldRows[$0] }
            #expect(staying == staying.sorted())
            // As many equal rows are found as there are.
            let counts = Dictionary(grouping: first, by: { $0 }).mapValues(\.count)
            let common = Dictionary(grouping: second, by: { $0 }).reduce(0) {
                $0 + min($1.value.count, counts[$1.key] ?? 0)
            }
            let found = alignment.oldRows.enumerated().filter { row, place in
                place.map { old.row($0, equals: row, of: new) } ?? false
            }
            #expect(found.count == common, "\(first) -> \(second)")
            // To itself nothing differs.
            #expect(RowComparison(old, old).alignment.oldRows == old.allRows)
        }
    }

    @Test(
        "changed means a cosine below 0.95",
        arguments: [
            ([1, 0], [2, 0], 1, false), ([1, 0], [1, 0.3], 0.957826, false), ([1, 0], [1, 0.35], 0.943858, true),
            ([1, 0], [0, 1], 0, true), ([1, 0], [-1, 0], -1, true), ([0, 0], [1, 0], 0, true),
            ([0, 0], [-0.0, 0], 1, false),
            ([1e30, 0], [1e30, 1e29], 0.995037, false), ([1e-30, 0], [2e-30, 0], 1, false),
            ([3e38, 3e38], [3e38, 2e38], 0.980581, false),
            ([.leastNonzeroMagnitude, 0], [0, .leastNonzeroMagnitude], 0, true),
            ([.infinity, 0], [1, 0], nil, true), ([.nan, 0], [1, 0], nil, true), ([1, 0], [1, .nan], nil, true),
        ] as [([Float], [Float], Double?, Bool)])
    func threshold(old: [Float], new: [Float], cosine: Double?, isChanged: Bool) throws {
        let result = RowComparison(try Self.matrix([old]), try Self.matrix([new]))
        #expect(result.changed == (isChanged ? [0] : []))
        #expect(result.similar == (isChanged ? [] : [0]))
        #expect((result.leastCosine == nil) == (cosine == nil))
        if let cosine, let found = result.leastCosine { #expect(abs(found - cosine) < 1e-5) }
    }

    @Test("cosines are python's, in all number types", arguments: ["e", "f", "d"])
    func oracle(type: String) throws {
        let folder = try TemporaryDirectory()
        let script = """
            import math, random, struct, sys
            random.seed(5)
            t, width, n = sys.argv[1], 77, 40
            a = [[random.gauss(0, 1) for _ in range(width)] for _ in range(n)]
            b = [[x + random.gauss(0, 1) * (i / n) for x in row] for i, row in enumerate(a)]
            def npy(name, m):
                text = "{'descr': '<f%d', 'fortran_order': False, 'shape': (%d, %d), }\\n" % (struct.calcsize(t), n, width)
                data = b''.join(struct.pack('<%d%s' % (width, t), *row) for row in m)
                open(name, 'wb').write(b'\\x93NUMPY\\x01\\0' + struct.pack('<H', len(text)) + text.encode() + data)
                return [struct.unpack_from('<%d%s' % (width, t), data, i * width * struct.calcsize(t)) for i in range(n)]
            a, b = npy('a.npy', a), npy('b.npy', b)
            for x, y in zip(a, b):
                print(math.fsum(p * q for p, q in zip(x, y)) / math.sqrt(math.fsum(p * p for p in x) * math.fsum(q * q for q in y)))
            """
        let outcome = try Tool.run("python3", ["-c", script, type], in: folder.path)
        let cosines = outcome.text.split(separator: "\n").compactMap { Double($0) }
        try #require(cosines.count == 40)
        let old = try RowMatrix(.numpy, bytes: folder.read("a.npy"))
        let new = try RowMatrix(.numpy, bytes: folder.read("b.npy"))
        for (row, cosine) in cosines.enumerated() {
            let found = try #require(old.cosine(ofRow: row, with: row, of: new))
            #expect(abs(found - cosine) < 1e-12)
        }
        let result = RowComparison(old, new)
        // The first rows are equal; all others differ.
        #expect(result.changed.count == cosines.filter { $0 < 0.95 }.count)
        #expect(result.similar.count == cosines.filter { $0 >= 0.95 }.count - 1)
        #expect(result.leastCosineRow == cosines.indices.min { cosines[$0] < cosines[$1] })
    }

    @Test(
        "compares JSON lines by id and by what they say",
        arguments: [
            // A line that is only laid out anew is the same.
            (#"{"id":1,"v":[1,0]}"#, #"{"v": [1, 0], "id": 1}"#, 0, 0, 0, 0, 0),
            (#"{"id":1,"v":[1,0]}"#, #"{"id":1,"v":[1,0.1]}"#, 0, 0, 0, 0, 1),
            (#"{"id":1,"v":[1,0]}"#, #"{"id":1,"v":[0,1]}"#, 0, 0, 0, 1, 0),
            (#"{"id":1,"t":"a","v":[1,0]}"#, #"{"id":1,"t":"b","v":[1,0]}"#, 0, 0, 0, 1, 0),
            (#"{"id":1,"v":[1,0]}"#, #"{"id":2,"v":[1,0]}"#, 1, 1, 0, 0, 0),
            ("{\"id\":1}\n{\"id\":2}\n{\"id\":3}", "{\"id\":3}\n{\"id\":1}\n{\"id\":2}", 0, 0, 1, 0, 0),
            ("{\"id\":1,\"t\":1}\n{\"id\":2}", "{\"id\":2}\n{\"id\":1,\"t\":2}", 0, 0, 1, 1, 0),
            ("[1,0]\n[0,1]", "[1,0]\n[0,1]\n[1,1]", 1, 0, 0, 0, 0), ("[1,0]", "[1,0.1]", 0, 0, 0, 0, 1),
            ("[1,0]", "[1,0,0]", 0, 0, 0, 1, 0), ("{\"a\":1}", "{\"a\":2}", 0, 0, 0, 1, 0),
            // Of several arrays the vector is the one that is named so.
            (
                #"{"id":1,"page":[1,2],"vector":[1,0]}"#, #"{"id":1,"page":[1,2],"vector":[1,0.1]}"#, 0, 0, 0, 0, 1
            ),
            (#"{"id":1,"page":[1,2],"vector":[1,0]}"#, #"{"id":1,"page":[1,3],"vector":[1,0]}"#, 0, 0, 0, 1, 0),
        ])
    func jsonLines(
        old: String, new: String, added: Int, removed: Int, moved: Int, changed: Int, similar: Int
    ) throws {
        let result = RowComparison(
            try RowMatrix(.jsonLines, bytes: Array(old.utf8)), try RowMatrix(.jsonLines, bytes: Array(new.utf8)))
        #expect(result.alignment.added.count == added)
        #expect(result.alignment.removed.count == removed)
        #expect(result.alignment.moved.count == moved)
        #expect(result.changed.count == changed)
        #expect(result.similar.count == similar)
    }

    @Test("rows of another width are other rows")
    func otherWidth() throws {
        let result = RowComparison(try Self.matrix([[1, 2], [3, 4]]), try Self.matrix([[1, 2, 3, 4]], width: 4))
        #expect(result.alignment.added == [0])
        #expect(result.alignment.removed == [0, 1])
        #expect(result.leastCosine == nil)
    }

    @Test("a hostile matrix costs no quadratic time")
    func isBounded() throws {
        // All rows equal, but of other numbers; then every second row anew.
        let old = [UInt8](repeating: 1, count: 400_000)
        var new = [UInt8](repeating: 1, count: 400_004)
        for index in stride(from: 0, to: new.count, by: 8) { new[index] = 2 }
        let start = ProcessorTime.now
        let result = RowComparison(
            try RowMatrix(.floats, bytes: old, width: 1), try RowMatrix(.floats, bytes: new, width: 1))
        #expect(result.after == 100_001)
        #expect(ProcessorTime.now - start < .seconds(20))
    }
}

extension RowMatrix {
    /// What the rows of a matrix are in itself.
    fileprivate var allRows: [Int?] { Array(0..<count) }
}
