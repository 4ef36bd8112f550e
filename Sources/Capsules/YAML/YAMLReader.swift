import CYAML

/// Reads one YAML document with libyaml, as far as data needs it.
///
/// Refused, so that a small text stays small and means one thing: anchors and aliases, a second document, keys that are not
/// scalars, a key that stands twice, and more than `maximumDepth` open collections. Tags are passed over.
package struct YAMLReader: ~Copyable {
    private let maximumDepth: Int
    // On the heap: libyaml keeps the parser's own address inside it.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    // Where each value begins, lines from 1.
    private var lines: [JSONPath: Int] = [:]
    // Where the last event began.
    private var line = 1

    /// The document's value; nil for a text without one.
    package static func parse(_ text: String, maximumDepth: Int = 64) throws(YAMLError) -> YAMLNode? {
        try document(text, maximumDepth: maximumDepth).node
    }

    /// The document's value, and the line of each value in it: a member's is that of its key.
    static func document(
        _ text: String, maximumDepth: Int = 64
    ) throws(YAMLError) -> (node: YAMLNode?, lines: [JSONPath: Int]) {
        var text = text
        var result: Result<(node: YAMLNode?, lines: [JSONPath: Int]), YAMLError> = .success((nil, [:]))
        text.withUTF8 { bytes in
            do throws(YAMLError) {
                var reader = try YAMLReader(bytes, maximumDepth: maximumDepth)
                let node = try reader.document()
                result = .success((node, reader.lines))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// Starts on bytes that outlive the reader.
    private init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) throws(YAMLError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLError(reason: "there is not enough memory", line: 1)
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        self.maximumDepth = maximumDepth
        self.parser = parser
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// What the document's structure is made of.
    private enum Event {
        case scalar(String)
        case sequenceStart
        case mappingStart
        case collectionEnd
        case documentStart
        case end
    }

    private mutating func document() throws(YAMLError) -> YAMLNode? {
        guard case .documentStart = try next() else { return nil }
        let node = try node(try next(), depth: 0, path: .root)
        guard case .end = try next() else { throw failure("a second document begins") }
        return node
    }

    private mutating func node(_ event: Event, depth: Int, path: JSONPath) throws(YAMLError) -> YAMLNode {
        guard depth <= maximumDepth else { throw failure("it nests deeper than \(maximumDepth) levels") }
        if lines[path] == nil { lines[path] = line }
        switch event {
        case .scalar(let text): return .scalar(text)
        case .sequenceStart:
            var elements: [YAMLNode] = []
            while true {
                let event = try next()
                if case .collectionEnd = event { return .sequence(elements) }
                elements.append(try node(event, depth: depth + 1, path: path.index(elements.count)))
            }
        case .mappingStart:
            var members: [YAMLMember] = []
            var keys: Set<[UInt8]> = []
            while true {
                let event = try next()
                if case .collectionEnd = event { return .mapping(members) }
                guard case .scalar(let key) = event else { throw failure("a key is not a text") }
                guard keys.insert(Array(key.utf8)).inserted else { throw failure("a key stands twice") }
                let child = path.key(key)
                lines[child] = line
                members.append(YAMLMember(key: key, value: try node(try next(), depth: depth + 1, path: child)))
            }
        case .collectionEnd, .documentStart, .end: throw failure("the document ends in the middle")
        }
    }

    /// The next event that says something about the structure.
    private mutating func next() throws(YAMLError) -> Event {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
            defer { yaml_event_delete(&event) }
            line = Int(clamping: event.start_mark.line) + 1
            switch event.type {
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                guard scalar.anchor == nil else { throw failure("it has an anchor") }
                let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
                return .scalar(String(decoding: bytes, as: UTF8.self))
            case YAML_SEQUENCE_START_EVENT:
                guard event.data.sequence_start.anchor == nil else { throw failure("it has an anchor") }
                return .sequenceStart
            case YAML_MAPPING_START_EVENT:
                guard event.data.mapping_start.anchor == nil else { throw failure("it has an anchor") }
                return .mappingStart
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
            case YAML_ALIAS_EVENT: throw failure("it has an alias")
            case YAML_DOCUMENT_START_EVENT: return .documentStart
            case YAML_STREAM_END_EVENT: return .end
            default: continue
            }
        }
    }

    private func failure(_ reason: String) -> YAMLError {
        YAMLError(reason: reason, line: Int(clamping: parser.pointee.mark.line) + 1)
    }

    private func problem() -> YAMLError {
        let reason = parser.pointee.problem.map { String(cString: $0) } ?? "it is not valid YAML"
        return YAMLError(reason: reason, line: Int(clamping: parser.pointee.problem_mark.line) + 1)
    }
}
