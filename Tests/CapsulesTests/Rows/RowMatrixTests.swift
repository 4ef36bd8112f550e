import Capsules
import Objects
import TestSupport
import Testing

@Suite("Row matrices: reading")
struct RowMatrixTests {
    /// A NumPy file with a header of the given text.
    static func numpy(_ header: String, version: UInt8 = 1, payload: [UInt8] = []) -> [UInt8] {
        let length = header.utf8.count
        let count: [UInt8] =
            version == 1 ? [UInt8(length & 255), UInt8(length >> 8)] : [UInt8(length & 255), UInt8(length >> 8), 0, 0]
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + count + Array(header.utf8) + payload
    }

    /// Little-endian 32-bit floats.
    static func floats(_ numbers: [Float]) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) } }
    }

    @Test(
        "takes a file for rows by its name",
        arguments: [
            ("a/b.f32", .floats), ("b.npy", .numpy), ("b.jsonl", .jsonLines), ("f32", nil), ("a.F32", nil),
            ("a.npy.txt", nil), ("jsonl/a", nil), (".npy", .numpy),
        ] as [(String, RowFormat?)])
    func formats(path: String, format: RowFormat?) throws {
        #expect(RowFormat(of: try TreePath(path)) == format)
    }

    @Test(
        "reads NumPy headers as NumPy writes them",
        arguments: [
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", 1, 24, .single),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", 2, 24, .single),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}", 3, 48, .double),
            ("{\"shape\": (2L, 3L), \"fortran_order\": False, \"descr\": \"<f2\"}", 1, 12, .half),
        ] as [(String, UInt8, Int, RowElement)])
    func readsNumpy(header: String, version: UInt8, payload: Int, element: RowElement) throws {
        let bytes = Self.numpy(header, version: version, payload: (0..<payload).map { UInt8($0) })
        let matrix = try RowMatrix(.numpy, bytes: bytes)
        #expect(matrix.count == 2)
        #expect(matrix.width == 3)
        #expect(matrix.element == element)
        #expect(Array(matrix[1]) == Array(bytes.suffix(payload / 2)))
    }

    @Test(
        "refuses other NumPy files",
        arguments: [
            (
                "{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1)}", 4,
                "its numbers are not little-endian floats"
            ),
            (
                "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1)}", 4,
                "its numbers are not little-endian floats"
            ),
            ("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1)}", 4, "its numbers are not little-endian floats"),
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}", 4, "it is stored column by column"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4, "it has 1 dimensions instead of 2"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4, "it has 0 dimensions instead of 2"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1)}", 4, "it has 3 dimensions instead of 2"),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}", 5,
                "it does not hold the 1 rows that its header states"
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1)}", 4,
                "it does not hold the 2 rows that its header states"
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9)}", 4,
                "it has more than 1000000 rows"
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4611686018427387905)}", 4,
                "a row of 4611686018427387905 numbers is outside of 1 to 65536"
            ),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}", 4,
                "its header is not what NumPy writes"
            ),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1)}", 4, "its header is not what NumPy writes"),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 0)}", 0,
                "a row of 0 numbers is outside of 1 to 65536"
            ),
            ("{'descr': '<f4', 'fortran_order': False}", 4, "its header is not what NumPy writes"),
            ("{'descr': '<f4', 'descr': '<f4', 'shape': (1, 1)}", 4, "its header is not what NumPy writes"),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'x': 1}", 4,
                "its header is not what NumPy writes"
            ),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} os", 4, "its header is not what NumPy writes"),
            ("{'descr': '<f4", 4, "its header is not what NumPy writes"),
            ("", 4, "its header is not what NumPy writes"),
        ])
    func refusesNumpy(header: String, payload: Int, reason: String) {
        let bytes = Self.numpy(header, payload: Array(repeating: 0, count: payload))
        let defect = #expect(throws: RowDefect.self) { try RowMatrix(.numpy, bytes: bytes) }
        #expect(defect?.reason == reason)
    }

    @Test("refuses every cut of a NumPy file, and what is none")
    func cutNumpy() throws {
        let whole = Self.numpy(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}", payload: Self.floats([1, 2]))
        _ = try RowMatrix(.numpy, bytes: whole)
        for count in 0..<whole.count {
            #expect(throws: RowDefect.self) { try RowMatrix(.numpy, bytes: Array(whole.prefix(count))) }
        }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var bytes = whole
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            // Whatever comes of it, it must not trap.
            _ = try? RowMatrix(.numpy, bytes: bytes)
        }
        #expect(throws: RowDefect(reason: "it is of NumPy's format 4.0")) {
            try RowMatrix(.numpy, bytes: Self.numpy("{}", version: 4))
        }
    }

    @Test("reads floats of a declared width only")
    func floats() throws {
        let bytes = Self.floats([1, 2, 3, 4, 5, 6])
        let matrix = try RowMatrix(.floats, bytes: bytes, width: 3)
        #expect(matrix.count == 2)
        #expect(Array(matrix[1]) == Self.floats([4, 5, 6]))
        #expect(throws: RowDefect(reason: "the manifest declares no dimensions for it")) {
            try RowMatrix(.floats, bytes: bytes)
        }
        #expect(throws: RowDefect(reason: "24 bytes are not whole rows of 4 numbers")) {
            try RowMatrix(.floats, bytes: bytes, width: 4)
        }
        #expect(throws: RowDefect.self) { try RowMatrix(.floats, bytes: bytes, width: 0) }
        #expect(throws: RowDefect.self) { try RowMatrix(.floats, bytes: bytes, width: .max) }
        #expect(try RowMatrix(.floats, bytes: [], width: 3).count == 0)
    }

    @Test(
        "reads JSON lines, and their ids where all have one",
        arguments: [
            ("{\"id\":\"a\"}\n{\"id\":2}\n", 2, [.text([0x61]), .number(2)]),
            ("{\"id\":\"a\"}\r\n\n  \n{\"id\":\"b\"}", 2, [.text([0x61]), .text([0x62])]),
            ("{\"id\":\"a\"}\n{\"id\":\"a\"}\n", 2, nil), ("{\"id\":\"a\"}\n{}\n", 2, nil), ("[1,2]\n[3,4]\n", 2, nil),
            ("{\"id\":1.5}\n", 1, nil), ("", 0, nil), ("\n\n", 0, nil), ("1\n2\n3", 3, nil),
        ] as [(String, Int, [RowKey]?)])
    func jsonLines(text: String, count: Int, keys: [RowKey]?) throws {
        let matrix = try RowMatrix(.jsonLines, bytes: Array(text.utf8))
        #expect(matrix.count == count)
        #expect(matrix.keys == keys)
    }

    @Test("refuses lines that are not JSON")
    func badLines() {
        let defect = #expect(throws: RowDefect.self) { try RowMatrix(.jsonLines, bytes: Array("{}\n\n{,}\n".utf8)) }
        #expect(defect?.reason == "line 3 is not valid JSON: unexpected character")
    }

    @Test("has a limit on rows")
    func limit() {
        let bytes = [UInt8](repeating: 0, count: 4 * (RowMatrix.maximumRows + 1))
        #expect(throws: RowDefect(reason: "it has more than 1000000 rows")) {
            try RowMatrix(.floats, bytes: bytes, width: 1)
        }
    }

    @Test("writes files that are read as the same rows")
    func assembles() throws {
        let numpy = try RowMatrix(
            .numpy,
            bytes: Self.numpy(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}", version: 3,
                payload: Self.floats([1, 2, 3, 4])))
        let swapped = try RowMatrix(.numpy, bytes: numpy.assembled([numpy[1], numpy[0], numpy[1]]))
        #expect(swapped.count == 3)
        #expect(Array(swapped[0]) == Self.floats([3, 4]))
        #expect(swapped.hasLayout(of: numpy))
        // NumPy aligns the numbers to 64 bytes.
        #expect((swapped.bytes.count - 24).isMultiple(of: 64))
        #expect(try RowMatrix(.numpy, bytes: numpy.assembled([])).count == 0)

        let lines = try RowMatrix(.jsonLines, bytes: Array("{\"id\": 1}\n\n{\"id\": 2}".utf8))
        #expect(lines.assembled([lines[1], lines[0]]) == Array("{\"id\": 2}\n{\"id\": 1}\n".utf8))
    }

    @Test(
        "takes the width that the manifest declares for a file",
        arguments: [
            ("knowledge/a.f32", 8), ("knowledge/b.f32", 4), ("knowledge/deep/c.f32", 16), ("other.f32", nil),
        ] as [(String, Int?)])
    func widths(path: String, width: Int?) throws {
        let manifest = try Manifest.parse(
            Array(
                """
                {"id": "a", "name": "A", "version": "1.0.0", "knowledgeAssets": {"embeddings": [
                  "knowledge/*", {"path": "knowledge/*", "dimensions": 4}, {"path": "knowledge/a.f32", "dimensions": 8},
                  {"path": "knowledge/**", "dimensions": 16}, {"path": "other.f32"}]}}
                """.utf8))
        #expect(manifest.knowledgeAssets.dimensions(of: try TreePath(path)) == width)
    }

    @Test(
        "refuses a declared width that is none",
        arguments: ["0", "-1", "65537", "1.5", "\"8\"", "null"])
    func badWidth(width: String) {
        #expect(throws: AmxError.self) {
            try Manifest.parse(
                Array(
                    """
                    {"id": "a", "name": "A", "version": "1.0.0",
                     "knowledgeAssets": {"embeddings": [{"path": "a.f32", "dimensions": \(width)}]}}
                    """.utf8))
        }
    }
}
