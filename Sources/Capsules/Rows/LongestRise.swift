/// The longest subsequence that rises, which is what stayed in order when a sequence was rearranged.
enum LongestRise {
    /// The positions of one such subsequence of distinct numbers, ascending; n log n steps.
    static func positions(in numbers: [Int]) -> [Int] {
        // For each length, the position of the smallest number that ends a rise of that length.
        var ends: [Int] = []
        var before = [Int](repeating: -1, count: numbers.count)
        for (position, number) in numbers.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[ends[middle]] < number { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[position] = ends[low - 1] }
            if low == ends.count { ends.append(position) } else { ends[low] = position }
        }
        var result: [Int] = []
        var position = ends.last ?? -1
        while position >= 0 {
            result.append(position)
            position = before[position]
        }
        return result.reversed()
    }
}
