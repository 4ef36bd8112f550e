/// A path of the host from its root down, without symbolic links; the last names may be of what is not there yet.
struct CanonicalPath: Hashable, Sendable {
    /// The names in order, as bytes; none is empty, `.` or `..`.
    let names: [[UInt8]]

    init(names: [[UInt8]]) { self.names = names }

    /// Takes the names of an absolute path.
    init(absolute path: [UInt8]) {
        names = path.split(separator: UInt8(ascii: "/")).map(Array.init)
    }

    /// Whether it is another path or lies below it, name by name: `/a/bc` does not lie in `/a/b` (row S-074).
    func lies(in folder: CanonicalPath) -> Bool { names.starts(with: folder.names) }

    /// The same with more names below.
    func appending(_ more: some Sequence<[UInt8]>) -> CanonicalPath { CanonicalPath(names: names + more) }

    /// The names joined, without a slash in front; `.` for the root.
    var relative: [UInt8] { names.isEmpty ? [UInt8(ascii: ".")] : Array(names.joined(separator: "/".utf8)) }
}
