/// What waits for somebody, in the order in which it came. When there is too much of it, the oldest goes.
struct BoundedQueue<Element: Sendable>: Sendable {
    private let limit: Int
    private let byteLimit: Int
    private var elements: [(element: Element, bytes: Int)] = []
    private var bytes = 0

    /// Makes a queue for at most so many elements, and for so many bytes of them unless it is a single one.
    init(limit: Int, byteLimit: Int) { (self.limit, self.byteLimit) = (max(1, limit), byteLimit) }

    var count: Int { elements.count }
    var isEmpty: Bool { elements.isEmpty }

    /// Adds an element; says how many others had to go.
    mutating func append(_ element: Element, bytes added: Int) -> Int {
        elements.append((element, added))
        bytes += added
        var dropped = 0
        while elements.count - dropped > limit || (bytes > byteLimit && elements.count - dropped > 1) {
            bytes -= elements[dropped].bytes
            dropped += 1
        }
        elements.removeFirst(dropped)
        return dropped
    }

    mutating func popFirst() -> Element? {
        guard !elements.isEmpty else { return nil }
        let first = elements.removeFirst()
        bytes -= first.bytes
        return first.element
    }

    mutating func removeAll() { (elements, bytes) = ([], 0) }
}
