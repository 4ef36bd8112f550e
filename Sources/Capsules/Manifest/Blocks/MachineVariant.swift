package import Objects

/// Programs of a capsule that are there once for each kind of machine (row S-100): `bin/db` stands for `bin/<machine>/db`, where
/// `<machine>` is a target triple as compilers name them, such as `x86_64-unknown-linux-musl`.
package enum MachineVariant {
    /// The machines whose programs run here, those that need least of the system first.
    package static var here: [String] {
        #if arch(x86_64)
            let processor = "x86_64"
        #elseif arch(arm64)
            let processor = "aarch64"
        #else
            let processor = "unknown"
        #endif
        return ["\(processor)-unknown-linux-musl", "\(processor)-unknown-linux-gnu"]
    }

    /// Where the programs for these machines are, in that order.
    package static func paths(of path: TreePath, for machines: [String] = here) -> [TreePath] {
        var parts = path.string.split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { return [] }
        return machines.compactMap { try? TreePath((parts + [$0, name]).joined(separator: "/")) }
    }

    /// What a file is the program of one machine for: the path that stands for it, and the machine; nil for other files.
    package static func split(_ file: TreePath) -> (path: TreePath, machine: String)? {
        var parts = file.string.split(separator: "/")
        guard parts.count >= 2 else { return nil }
        let machine = parts.remove(at: parts.count - 2)
        guard isTriple(machine), let path = try? TreePath(parts.joined(separator: "/")) else { return nil }
        return (path, String(machine))
    }

    /// Whether a name is of the form that compilers give to machines: three or four words joined by hyphens.
    private static func isTriple(_ name: some StringProtocol) -> Bool {
        let words = name.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return (3...4).contains(words.count)
            && words.allSatisfy { word in
                !word.isEmpty
                    && word.allSatisfy { byte in
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                    }
            }
    }
}
