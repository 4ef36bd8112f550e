import Glibc
import Objects

/// The process's directory, from which paths on the command line are taken.
enum WorkingDirectory {
    /// Its absolute path, without symbolic links.
    static func path() throws(AmxError) -> String {
        guard let buffer = getcwd(nil, 0) else {
            guard errno == ENOENT else { throw AmxError.system("cannot tell the current directory") }
            throw AmxError(
                .notFound, "cannot tell the current directory: it has been removed",
                hint: "go to one that is there; `amx pack` and `amx edit` replace a capsule's directory")
        }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// The absolute form of a path, with `.`, `..` and empty components removed by text.
    static func absolute(_ path: String) throws(AmxError) -> String {
        let whole = path.hasPrefix("/") ? path : "\(try Self.path())/\(path)"
        var components: [Substring] = []
        for component in whole.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        return "/" + components.joined(separator: "/")
    }

    /// A path for people: relative where it lies below the current directory.
    static func shown(_ path: String) -> String {
        guard let current = try? self.path() else { return path }
        if path == current { return "." }
        guard path.utf8.starts(with: "\(current)/".utf8) else { return path }
        return String(decoding: path.utf8.dropFirst(current.utf8.count + 1), as: UTF8.self)
    }
}
