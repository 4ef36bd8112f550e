/// The order of what two sides hold together.
enum MergedOrder {
    /// Weaves the names of one side into those of the other.
    ///
    /// What is only in `other` comes after the neighbour that it has there, and after what `main` alone has behind that one. Both
    /// hold each name once; `isKept` says which names the result has.
    static func weave<Name: Hashable>(_ main: [Name], _ other: [Name], isKept: (Name) -> Bool)
        -> [Name]
    {
        let inMain = Set(main)
        let inOther = Set(other)
        var first: [Name] = []
        var followers: [Name: [Name]] = [:]
        var anchor: Name?
        for name in other {
            if inMain.contains(name) {
                anchor = name
            } else if isKept(name) {
                if let anchor { followers[anchor, default: []].append(name) } else { first.append(name) }
            }
        }
        var result: [Name] = []
        var pending = first
        for name in main {
            if inOther.contains(name) {
                result += pending
                pending = []
            }
            if isKept(name) { result.append(name) }
            pending += followers[name] ?? []
        }
        return result + pending
    }

    /// Whether names that two lists share come in another order.
    static func differs<Name: Hashable>(_ left: [Name], _ right: [Name]) -> Bool {
        let (inLeft, inRight) = (Set(left), Set(right))
        return left.filter(inRight.contains) != right.filter(inLeft.contains)
    }
}
