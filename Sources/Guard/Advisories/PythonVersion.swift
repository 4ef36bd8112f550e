/// A version of a Python package in PEP 440's order.
struct PythonVersion: Hashable {
    private let epoch: Int
    private let release: [Int]
    /// What comes after the release's numbers, in the order that they sort in; see ``init(_:)``.
    private let phase: [Int]

    /// Reads `[N!]N(.N)*[{a|b|rc}N][.postN][.devN]`, a local part after `+` passed over; nil for other text.
    init?(_ text: String) {
        var rest = text.lowercased().utf8.filter { $0 != 0x20 }[...]
        if rest.first == UInt8(ascii: "v") { rest.removeFirst() }
        if let plus = rest.firstIndex(of: UInt8(ascii: "+")) { rest = rest[..<plus] }
        guard var number = Self.number(&rest) else { return nil }
        var epoch = 0
        if rest.first == UInt8(ascii: "!") {
            rest.removeFirst()
            epoch = number
            guard let next = Self.number(&rest) else { return nil }
            number = next
        }
        var release = [number]
        while rest.first == UInt8(ascii: "."), let digit = rest.dropFirst().first, 0x30...0x39 ~= digit {
            rest.removeFirst()
            guard let next = Self.number(&rest) else { return nil }
            release.append(next)
        }
        while release.count > 1, release.last == 0 { release.removeLast() }
        // A development release of the release itself comes before its alpha, beta and candidate, these before the release, this before its
        // post-releases; at the end of each stands its own development release.
        var stage: (Int, Int) = (4, 0)
        var post = -1
        var development = Int.max
        while !rest.isEmpty {
            rest = rest.drop { [0x2E, 0x2D, 0x5F].contains($0) }
            let word = rest.prefix { 0x61...0x7A ~= $0 }
            rest = rest.dropFirst(word.count).drop { [0x2E, 0x2D, 0x5F].contains($0) }
            let value = Self.number(&rest)
            switch String(decoding: word, as: UTF8.self) {
            case "a", "alpha": stage = (1, value ?? 0)
            case "b", "beta": stage = (2, value ?? 0)
            case "rc", "c", "pre", "preview": stage = (3, value ?? 0)
            case "post", "rev", "r": post = value ?? 0
            case "":
                guard let value else { return nil }
                post = value
            case "dev": development = value ?? 0
            default: return nil
            }
        }
        if stage.0 == 4, post < 0, development < .max { stage = (0, 0) }
        self.epoch = epoch
        self.release = release
        phase = [stage.0, stage.1, post, development]
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix { 0x30...0x39 ~= $0 }
        guard !digits.isEmpty, let value = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        rest = rest.dropFirst(digits.count)
        return value
    }
}

extension PythonVersion: Comparable {
    static func < (left: PythonVersion, right: PythonVersion) -> Bool {
        guard left.epoch == right.epoch else { return left.epoch < right.epoch }
        guard left.release == right.release else { return left.release.lexicographicallyPrecedes(right.release) }
        return left.phase.lexicographicallyPrecedes(right.phase)
    }
}
