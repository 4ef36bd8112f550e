/// A step of a merge that has begun: the note for whoever comes after a killed process.
enum MergeStep: String {
    /// The working form becomes what the state says.
    case apply
    /// The working form becomes what it was before the merge, and the state goes.
    case abort

    private static let firstLine = "amx merge 1"

    /// The note's bytes.
    var encoded: [UInt8] { Array("\(Self.firstLine)\n\(rawValue)\n".utf8) }

    /// Reads a note; nil for anything else.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 2, lines[0] == Self.firstLine[...],
            let step = MergeStep(rawValue: String(lines[1]))
        else {
            return nil
        }
        self = step
    }
}
