/// One growing list for each package, all in one array.
///
/// A full list moves to the end with twice the room; what it leaves behind is lost until the lists are cleared.
struct PackageLists<Element> {
    private struct Head {
        var start: Int = 0
        var count: Int = 0
        var capacity: Int = 0
    }

    private var heads: ContiguousArray<Head> = []
    private var pool: ContiguousArray<Element> = []

    mutating func addPackage() { heads.append(Head()) }

    /// Empties all lists.
    mutating func removeAll() {
        for package in heads.indices { heads[package] = Head() }
        pool.removeAll(keepingCapacity: true)
    }

    /// Empties all lists, and forgets the packages.
    mutating func clear() {
        heads.removeAll(keepingCapacity: true)
        pool.removeAll(keepingCapacity: true)
    }

    func start(of package: Int) -> Int { heads[package].start }

    func count(of package: Int) -> Int { heads[package].count }

    /// The element at a place in the common array, between a list's start and its end.
    subscript(place: Int) -> Element {
        get { pool[place] }
        set { pool[place] = newValue }
    }

    mutating func truncate(_ package: Int, to count: Int) { heads[package].count = count }

    mutating func append(_ element: Element, to package: Int) {
        var head = heads[package]
        if head.count == head.capacity {
            let capacity = max(8, head.capacity * 2)
            if head.start + head.capacity != pool.count || head.capacity == 0 {
                let start = pool.count
                for place in head.start..<head.start + head.count { pool.append(pool[place]) }
                head.start = start
            }
            // The room is filled with copies so that every place in the array holds an element.
            pool.append(contentsOf: repeatElement(element, count: max(0, head.start + capacity - pool.count)))
            head.capacity = capacity
        }
        pool[head.start + head.count] = element
        head.count += 1
        heads[package] = head
    }
}
