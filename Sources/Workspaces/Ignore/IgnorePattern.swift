/// One line of an `.amxignore` file, with gitignore's meaning.
struct IgnorePattern: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case segment(SegmentPattern)
        case anyFolders
    }

    /// Whether the line takes back what an earlier one ignored.
    let isNegated: Bool
    /// Whether the line is only about folders.
    let isForFolders: Bool
    private let steps: [Step]

    /// Compiles a line; nil for an empty one and for a comment.
    init?(_ line: ArraySlice<UInt8>) {
        var text = line
        if text.last == 0x0D { text.removeLast() }
        while text.last == 0x20, !(text.count > 1 && text[text.endIndex - 2] == UInt8(ascii: "\\")) {
            text.removeLast()
        }
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { text.removeFirst() }
        isForFolders = text.last == UInt8(ascii: "/")
        if isForFolders { text.removeLast() }
        let isAnchored = text.contains(UInt8(ascii: "/"))
        if text.first == UInt8(ascii: "/") { text.removeFirst() }
        guard !text.isEmpty else { return nil }
        var steps: [Step] = isAnchored ? [] : [.anyFolders]
        for segment in text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if segment.elementsEqual("**".utf8) {
                if steps.last != .anyFolders { steps.append(.anyFolders) }
            } else {
                steps.append(.segment(SegmentPattern(segment)))
            }
        }
        // `folder/**` is about what lies inside, not about the folder.
        if steps.last == .anyFolders { steps.append(.segment(SegmentPattern(ArraySlice("*".utf8)))) }
        self.steps = steps
    }

    /// Whether a path, relative to the file's folder, is what the line is about.
    func matches(_ components: [ArraySlice<UInt8>], isFolder: Bool) -> Bool {
        guard isFolder || !isForFolders else { return false }
        // reached[i]: the steps so far can stand for the first i components.
        var reached = [Bool](repeating: false, count: components.count + 1)
        reached[0] = true
        for step in steps {
            var next = [Bool](repeating: false, count: components.count + 1)
            switch step {
            case .anyFolders:
                var isOn = false
                for index in reached.indices {
                    isOn = isOn || reached[index]
                    next[index] = isOn
                }
            case .segment(let pattern):
                for (index, component) in components.enumerated() where reached[index] && pattern.matches(component) {
                    next[index + 1] = true
                }
            }
            reached = next
        }
        return reached[components.count]
    }
}
