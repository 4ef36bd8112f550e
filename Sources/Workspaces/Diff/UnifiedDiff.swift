package import Capsules
package import Objects

/// One changed file in git's unified form, which `git apply` takes.
package enum UnifiedDiff {
    /// The header and hunks of a file's change.
    ///
    /// Content that is not text is nil, as it has no lines, unless `showsBinary` asks for git's binary patch. Paths are shown
    /// below a `folder`, which is empty or ends in a slash.
    package static func text(
        of change: ChangedFile, old: [UInt8], new: [UInt8], showsBinary: Bool = false, below folder: String = ""
    ) throws(AmxError) -> (text: [UInt8]?, diff: TextDiff) {
        let diff = try old.span.withUnsafeBytes { old throws(AmxError) in
            try new.span.withUnsafeBytes { new throws(AmxError) in
                try TextDiff(old: old, new: new, showsBinary: showsBinary)
            }
        }
        let isSame = change.from?.id == change.to?.id
        guard isSame || !diff.isBinary || showsBinary else { return (nil, diff) }
        guard let path = (change.from ?? change.to)?.path, let later = change.path else { return (nil, diff) }
        let before = quoted("a/\(folder)", path)
        let after = quoted("b/\(folder)", later)
        var lines = ["diff --git \(before) \(after)"]
        switch (change.from, change.to) {
        case (nil, .some(let file)): lines.append("new file mode \(file.mode.octal)")
        case (.some(let file), nil): lines.append("deleted file mode \(file.mode.octal)")
        case (.some(let left), .some(let right)) where left.mode != right.mode:
            lines += ["old mode \(left.mode.octal)", "new mode \(right.mode.octal)"]
        default: break
        }
        if change.operation == .move {
            lines += [
                "similarity index \(change.similarity ?? 0)%", "rename from \(quoted(folder, path))",
                "rename to \(quoted(folder, later))",
            ]
        }
        if !isSame {
            // A binary patch is taken for exactly these contents.
            let count = diff.isBinary ? ObjectID.hexCount : 7
            let ids = ((change.from?.id ?? .zero).hex.prefix(count), (change.to?.id ?? .zero).hex.prefix(count))
            let isSameMode = change.from?.mode == change.to?.mode
            lines.append("index \(ids.0)..\(ids.1)\(isSameMode ? " \(change.from?.mode.octal ?? "")" : "")")
        }
        if !diff.hunks.isEmpty, !diff.isBinary {
            lines.append("--- \(change.from == nil ? "/dev/null" : ended(before))")
            lines.append("+++ \(change.to == nil ? "/dev/null" : ended(after))")
        }
        return (Array((lines.joined(separator: "\n") + "\n").utf8) + diff.hunks, diff)
    }

    /// A path in a line of its own: after blanks in it, a tab tells where it ends.
    private static func ended(_ path: String) -> String {
        path.utf8.contains(UInt8(ascii: " ")) && !path.hasSuffix("\"") ? path + "\t" : path
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
