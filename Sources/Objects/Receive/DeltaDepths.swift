/// The lengths of the delta chains in a finished pack.
enum DeltaDepths {
    /// Throws when an object is further from its whole form than the limit allows, or a chain runs in a circle.
    ///
    /// A circle can arise where every object of it is also in the repository: each delta could be resolved from there, but
    /// not from the pack alone.
    static func check(
        _ entries: [PackEntry], ids: [ObjectID], order: [UInt32], references: [ObjectID], limits: Limits
    ) throws(AmxError) {
        let unknown = -1
        var depths = entries.map { $0.form == .whole ? 0 : unknown }
        var chain: [Int] = []
        for start in entries.indices where depths[start] == unknown {
            chain.removeAll(keepingCapacity: true)
            var index = start
            while depths[index] == unknown {
                chain.append(index)
                guard chain.count <= limits.deltaDepth else { throw tooDeep(entries[start], limits) }
                let entry = entries[index]
                if entry.form == .offsetDelta {
                    index = Int(entry.base)
                } else {
                    let base = references[Int(entry.base)]
                    let at = order.partitioningIndex { ids[Int($0)] >= base }
                    guard at < order.count, ids[Int(order[at])] == base else {
                        throw PackRefusal.malformed("the base \(base) of a delta is missing")
                    }
                    index = Int(order[at])
                }
            }
            var depth = depths[index]
            for index in chain.reversed() {
                depth += 1
                depths[index] = depth
            }
            guard depth <= limits.deltaDepth else { throw tooDeep(entries[start], limits) }
        }
    }

    private static func tooDeep(_ entry: PackEntry, _ limits: Limits) -> AmxError {
        PackRefusal.over("the delta at byte \(entry.offset) is deeper", limit: limits.deltaDepth, setting: "deltaDepth")
    }
}
