/// Writes a merged JSON value so that its text stays near that of the sides.
///
/// A value that ours or theirs has is written with the very characters that it has there; an object or array that is new as a whole is
/// laid out as ours lays it out: on one line or several, with its indentation, else by two spaces.
struct JSONLayout {
    private struct Source {
        let bytes: [UInt8]
        let root: JSONSpan
    }

    /// A value in a source, and in which one.
    private struct Place {
        let span: JSONSpan
        let source: Int
    }

    private let sources: [Source]
    private let indent: [UInt8]
    private let newline: [UInt8]
    private var output: [UInt8] = []

    /// The text of a value that was merged from two texts, which are valid.
    static func bytes(_ value: JSONValue, ours: [UInt8], theirs: [UInt8], maximumDepth: Int)
        -> [UInt8]
    {
        let plain = JSONWriter.bytes(value, .pretty)
        guard let left = JSONSpan(document: ours, maximumDepth: maximumDepth),
            let right = JSONSpan(document: theirs, maximumDepth: maximumDepth)
        else { return plain }
        var layout = JSONLayout(Source(bytes: ours, root: left), Source(bytes: theirs, root: right))
        layout.write(value, [Place(span: left, source: 0), Place(span: right, source: 1)], level: 0)
        // What follows the value in ours: mostly one line's end.
        layout.output += ours[left.range.upperBound...]
        guard let read = try? JSONParser.parse(layout.output, maximumDepth: maximumDepth), read == value
        else {
            return plain
        }
        return layout.output
    }

    private init(_ ours: Source, _ theirs: Source) {
        sources = [ours, theirs]
        let bytes = ours.bytes
        let firstEnd = bytes.firstIndex(of: 0x0A)
        newline = firstEnd.map { $0 > 0 && bytes[$0 - 1] == 0x0D ? [0x0D, 0x0A] : [0x0A] } ?? [0x0A]
        var unit: [UInt8] = []
        if let first = Self.firstChild(of: ours.root) {
            unit = Self.indentation(of: first, in: bytes) ?? []
        }
        indent = unit.isEmpty ? [0x20, 0x20] : unit
    }

    private static func firstChild(of span: JSONSpan) -> Int? {
        switch span.content {
        case .leaf: nil
        case .object(let members): members.first?.text.lowerBound
        case .array(let elements): elements.first?.range.lowerBound
        }
    }

    /// The blanks between the start of the line and an offset; nil when something else stands there.
    private static func indentation(of offset: Int, in bytes: [UInt8]) -> [UInt8]? {
        var start = offset
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        guard start > 0, bytes[start - 1] == 0x0A else { return nil }
        return Array(bytes[start..<offset])
    }

    /// Writes a value that stands at some places of the sources, ours first.
    private mutating func write(_ value: JSONValue, _ places: [Place], level: Int) {
        // What ours has in another layout keeps it, even where theirs has the whole value.
        let candidates = places.first.map { Self.isLaidOut(value, as: $0) } == true ? places.prefix(1) : places[...]
        if let same = candidates.first(where: { $0.span.value == value }) {
            return copy(same.span.range, of: sources[same.source].bytes, level: level)
        }
        let style = places.first.map(style) ?? Style()
        switch value {
        case .object(let object):
            let known = Members(places)
            begin("{", object.isEmpty, style, level)
            for (index, member) in object.members.enumerated() {
                if index > 0 { separate(style, level) }
                let (key, children) = known.places(of: member.key)
                if let key {
                    output += sources[key.source].bytes[key.text]
                } else {
                    output += JSONWriter.bytes(.string(member.key))
                }
                output += [UInt8(ascii: ":"), 0x20]
                write(member.value, children, level: level + 1)
            }
            end("}", object.isEmpty, style, level)
        case .array(let elements):
            let known = Self.Elements(places)
            begin("[", elements.isEmpty, style, level)
            for (index, element) in elements.enumerated() {
                if index > 0 { separate(style, level) }
                write(element, known.places(of: element), level: level + 1)
            }
            end("]", elements.isEmpty, style, level)
        default: output += JSONWriter.bytes(value)
        }
    }

    /// Whether ours has an object for an object, or an array for an array.
    private static func isLaidOut(_ value: JSONValue, as place: Place) -> Bool {
        guard place.source == 0 else { return false }
        return switch (value, place.span.content) {
        case (.object, .object), (.array, .array): true
        default: false
        }
    }

    /// Copies a value's text, its lines indented for where it goes.
    private mutating func copy(_ range: Range<Int>, of bytes: [UInt8], level: Int) {
        let lines = bytes[range].split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count > 1, let last = lines.last else {
            output += bytes[range]
            return
        }
        // Strings hold no line's end, so blanks at a line's start are layout. The closing bracket shows how deep it was.
        let old = last.prefix { $0 == 0x20 || $0 == 0x09 }
        let new = (0..<level).flatMap { _ in indent }
        for (index, line) in lines.enumerated() {
            let text = line.last == 0x0D ? line.dropLast() : line
            guard index > 0 else {
                output += text
                continue
            }
            output += newline
            output += text.starts(with: old) ? new + text.dropFirst(old.count) : Array(text)
        }
    }

    /// How an object or array is laid out.
    private struct Style {
        var isLine = false
        /// Whether blanks stand inside its brackets, on one line.
        var isPadded = false
    }

    private func style(of place: Place) -> Style {
        let bytes = sources[place.source].bytes[place.span.range]
        return Style(
            isLine: bytes.count > 2 && !bytes.contains(0x0A),
            isPadded: bytes.count > 2 && bytes.dropFirst().first == 0x20)
    }

    private mutating func begin(
        _ bracket: Unicode.Scalar, _ isEmpty: Bool, _ style: Style, _ level: Int
    ) {
        output.append(UInt8(ascii: bracket))
        guard !isEmpty else { return }
        if !style.isLine { startLine(level + 1) } else if style.isPadded { output.append(0x20) }
    }

    private mutating func separate(_ style: Style, _ level: Int) {
        output.append(UInt8(ascii: ","))
        if style.isLine { output.append(0x20) } else { startLine(level + 1) }
    }

    private mutating func end(
        _ bracket: Unicode.Scalar, _ isEmpty: Bool, _ style: Style, _ level: Int
    ) {
        if !isEmpty {
            if !style.isLine { startLine(level) } else if style.isPadded { output.append(0x20) }
        }
        output.append(UInt8(ascii: bracket))
    }

    private mutating func startLine(_ level: Int) {
        output += newline
        for _ in 0..<level { output += indent }
    }

    /// The members of an object in both sources, by key.
    private struct Members {
        private var found: [KeyBytes: (key: (source: Int, text: Range<Int>), values: [Place])] = [:]

        init(_ places: [Place]) {
            for place in places {
                guard case .object(let members) = place.span.content else { continue }
                for member in members {
                    let value = Place(span: member.value, source: place.source)
                    found[member.key, default: ((place.source, member.text), [])].values.append(value)
                }
            }
        }

        func places(of key: String) -> (key: (source: Int, text: Range<Int>)?, values: [Place]) {
            guard let known = found[KeyBytes(key)] else { return (nil, []) }
            return (known.key, known.values)
        }
    }

    /// The elements of an array in both sources, by value and by identity.
    private struct Elements {
        private var byValue: [JSONValue: Place] = [:]
        private var byName: [JSONValue: [Place]] = [:]
        private var identity: ElementIdentity?

        init(_ places: [Place]) {
            let arrays = places.map { place -> [JSONSpan] in
                if case .array(let spans) = place.span.content { spans } else { [] }
            }
            identity = ElementIdentity.find(in: arrays.map { $0.map(\.value) }, policy: .manifest)
            for (place, spans) in zip(places, arrays) {
                for span in spans {
                    let found = Place(span: span, source: place.source)
                    if byValue[span.value] == nil { byValue[span.value] = found }
                    if let name = identity?.name(of: span.value) { byName[name, default: []].append(found) }
                }
            }
        }

        func places(of element: JSONValue) -> [Place] {
            let same = byValue[element]
            if let same, same.source == 0 { return [same] }
            return identity?.name(of: element).flatMap { byName[$0] } ?? [same].compactMap { $0 }
        }
    }
}
