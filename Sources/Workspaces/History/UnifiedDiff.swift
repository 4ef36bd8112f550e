package import Objects

/// One changed file in git's unified form.
package enum UnifiedDiff {
    /// The header and hunks of a change; binary content is named and not shown.
    package static func text(
        of change: Change, old: [UInt8], new: [UInt8]
    ) throws(AmxError) -> (text: [UInt8], diff: TextDiff) {
        let diff = try old.span.withUnsafeBytes { old throws(AmxError) in
            try new.span.withUnsafeBytes { new throws(AmxError) in try TextDiff(old: old, new: new) }
        }
        let before = quoted("a/", change.path)
        let after = quoted("b/", change.path)
        var lines = ["diff --git \(before) \(after)"]
        switch (change.old, change.new) {
        case (nil, .some(let file)): lines.append("new file mode \(file.mode.octal)")
        case (.some(let file), nil): lines.append("deleted file mode \(file.mode.octal)")
        case (.some(let left), .some(let right)) where left.mode != right.mode:
            lines += ["old mode \(left.mode.octal)", "new mode \(right.mode.octal)"]
        default: break
        }
        let ids = ((change.old?.id ?? .zero).hex.prefix(7), (change.new?.id ?? .zero).hex.prefix(7))
        if change.old?.id != change.new?.id {
            let isSameMode = change.old?.mode == change.new?.mode
            lines.append("index \(ids.0)..\(ids.1)\(isSameMode ? " \(change.old?.mode.octal ?? "")" : "")")
        }
        let left = change.old == nil ? "/dev/null" : before
        let right = change.new == nil ? "/dev/null" : after
        if diff.isBinary {
            lines.append("Binary files \(left) and \(right) differ")
        } else if !diff.hunks.isEmpty {
            lines += ["--- \(left)", "+++ \(right)"]
        }
        return (Array((lines.joined(separator: "\n") + "\n").utf8) + diff.hunks, diff)
    }

    /// A path as git writes it: in double quotes when it has a quote or a byte beyond ASCII.
    private static func quoted(_ prefix: String, _ path: TreePath) -> String {
        let plain = prefix + path.string
        guard path.bytes.contains(where: { $0 >= 0x80 || $0 == UInt8(ascii: "\"") }) else { return plain }
        var text = "\"\(prefix)"
        for byte in path.bytes {
            switch byte {
            case UInt8(ascii: "\""): text += "\\\""
            case 0x80...:
                let octal = String(byte, radix: 8)
                text += "\\" + octal
            default: text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return text + "\""
    }
}
