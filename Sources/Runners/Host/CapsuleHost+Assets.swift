import Capsules
import Objects

extension CapsuleHost {
    /// The most bytes of a file that are given at once.
    static let assetBytes = 10 << 20
    /// The longest path, prefix or key, in bytes (row S-099).
    static let nameBytes = 4_096

    /// How a file's content is given.
    private enum Encoding: String, CaseIterable {
        case text
        case base64
        case json
    }

    func listAssets(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        let prefix = Array((try parameters.optionalText("prefix", bytes: 0...Self.nameBytes) ?? "").utf8)
        let after = Array((try parameters.optionalText("after", bytes: 0...Self.nameBytes) ?? "").utf8)
        let limit = try parameters.optionalNumber("limit", 1...10_000) ?? 1_000
        try permissions.require(
            "read", on: .knowledge, ["path": .string(String(decoding: prefix, as: UTF8.self))])
        var files: [JSONValue] = []
        var last: String?
        // Paths are in bytewise order, so those with a prefix stand together.
        let start = assets.paths.partitioningIndex { path in
            !path.bytes.lexicographicallyPrecedes(prefix) && after.lexicographicallyPrecedes(path.bytes)
        }
        for path in assets.paths[start...] {
            guard path.bytes.starts(with: prefix) else { break }
            guard files.count < limit else {
                return ["files": .array(files), "next": .optional(last)]
            }
            do throws(AmxError) {
                guard let size = try assets.size(path) else { continue }
                files.append(["path": .string(path.string), "size": .count(size)])
            } catch {
                throw .failed(error.message)
            }
            last = path.string
        }
        return ["files": .array(files), "next": .null]
    }

    func readAsset(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        let text = try parameters.text("path", bytes: 1...Self.nameBytes)
        let encoding = try parameters.choice("encoding", of: Encoding.self) ?? .text
        let offset = try parameters.optionalNumber("offset", 0...Int.max)
        let length = try parameters.optionalNumber("length", 0...Int.max)
        guard encoding != .json || (offset == nil && length == nil) else {
            throw .invalid("assets.read: only whole files are read as \"json\"")
        }
        let path: TreePath
        do throws(AmxError) { path = try TreePath(text) } catch { throw .invalid("assets.read: \(error.message)") }
        try permissions.require("read", on: .knowledge, ["path": .string(path.string)])
        let found: (content: [UInt8], size: Int)?
        do throws(CapsuleAssets.ReadFailure<HostRefusal>) {
            found = try assets.read(path) { size throws(HostRefusal) in
                try Self.part(of: size, offset: offset ?? 0, length: length)
            }
        } catch {
            switch error {
            case .file(let error): throw .failed(error.message)
            case .part(let refusal): throw refusal
            }
        }
        guard let found else { throw .fault(HostFault(.notFound, "there is no file '\(path)' in the capsule")) }
        let content = try Self.content(found.content, encoding, of: path)
        return ["content": content, "size": .count(found.size), "encoding": .string(encoding.rawValue)]
    }

    private static func part(of size: Int, offset: Int, length: Int?) throws(HostRefusal) -> Range<Int> {
        guard offset <= size else {
            throw .invalid("assets.read: 'offset' is \(offset), and the file has \(size) bytes")
        }
        let count = min(length ?? size, size - offset)
        guard count <= assetBytes else {
            throw .tooMuch(
                "assets.read: \(count) bytes are more than the \(assetBytes) that are read at once; read parts of them "
                    + "with 'offset' and 'length'")
        }
        return offset..<(offset + count)
    }

    private static func content(
        _ bytes: [UInt8], _ encoding: Encoding, of path: TreePath
    ) throws(HostRefusal) -> JSONValue {
        switch encoding {
        case .base64: return .string(String(decoding: Base64Text.encode(bytes), as: UTF8.self))
        case .text:
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .failed("'\(path)' is not UTF-8, or was cut within a character; read it as \"base64\"")
            }
            return .string(text)
        case .json:
            do throws(JSONError) { return try JSONParser.parse(bytes) } catch {
                throw .failed("'\(path)' is not JSON: \(error.reason), in line \(error.line)")
            }
        }
    }
}

extension Array {
    /// The first place from which on a condition holds, where it holds for none before.
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
