import Testing

@testable import Runners

@Suite("Runners: bounded queues") struct BoundedQueueTests {
    /// Sizes of what is added, what had to go at the last one, and what is left.
    @Test(arguments: [
        ([1, 1, 1], 0, [1, 1, 1]), ([1, 2, 3, 4], 1, [2, 3, 4]), ([5, 5, 1], 1, [5, 1]), ([4, 4, 3], 1, [4, 3]),
        ([2, 2, 2, 10], 3, [10]), ([2, 2, 11], 2, [11]), ([11, 1], 1, [1]), ([11], 0, [11]),
        ([0, 0, 0, 0], 1, [0, 0, 0]),
    ])
    func theOldestGo(sizes: [Int], dropped: Int, left: [Int]) {
        var queue = BoundedQueue<Int>(limit: 3, byteLimit: 10)
        var last = 0
        for size in sizes { last = queue.append(size, bytes: size) }
        #expect(last == dropped)
        #expect(queue.count == left.count)
        var taken: [Int] = []
        while let size = queue.popFirst() { taken.append(size) }
        #expect(taken == left)
        // Nothing is kept of what is gone.
        #expect(queue.append(10, bytes: 10) == 0)
        queue.removeAll()
        #expect(queue.isEmpty)
        #expect(queue.append(10, bytes: 10) == 0)
    }
}
