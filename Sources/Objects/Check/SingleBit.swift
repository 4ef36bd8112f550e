/// Tells bytes that differ in a single bit, as a fault of a disk or of memory leaves them.
package enum SingleBit {
    /// The place of the byte with the only bit that differs; nil when none or more differ, or the lengths do.
    package static func place(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Int? {
        guard left.count == right.count else { return nil }
        var place: Int?
        var index = 0
        for (left, right) in zip(left, right) {
            if left != right {
                guard place == nil, (left ^ right).nonzeroBitCount == 1 else { return nil }
                place = index
            }
            index += 1
        }
        return place
    }
}
