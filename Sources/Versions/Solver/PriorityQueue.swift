/// Elements of which the lowest is taken out first: a binary heap. Of equal ones any may come first.
struct PriorityQueue<Element: Comparable> {
    private var elements: ContiguousArray<Element> = []

    var count: Int { elements.count }

    mutating func removeAll() { elements.removeAll(keepingCapacity: true) }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var place = elements.count - 1
        while place > 0 {
            let above = (place - 1) / 2
            guard element < elements[above] else { break }
            elements[place] = elements[above]
            place = above
        }
        elements[place] = element
    }

    /// Takes out the lowest element; nil for none.
    mutating func removeFirst() -> Element? {
        guard let last = elements.popLast() else { return nil }
        guard let first = elements.first else { return last }
        var place = 0
        while true {
            var below = 2 * place + 1
            guard below < elements.count else { break }
            if below + 1 < elements.count, elements[below + 1] < elements[below] { below += 1 }
            guard elements[below] < last else { break }
            elements[place] = elements[below]
            place = below
        }
        elements[place] = last
        return first
    }
}
