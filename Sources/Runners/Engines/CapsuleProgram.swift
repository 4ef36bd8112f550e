import Capsules
import Glibc
import Objects

/// A program of a capsule as this machine runs it.
enum CapsuleProgram {
    /// The file that is run for a path: itself, or the one for this machine where there are several (``MachineVariant``).
    ///
    /// `.failure` where there are programs for other machines alone; a path of nothing at all stays as it is, for whoever runs it to say so.
    static func resolve(_ path: TreePath, in folder: String) throws(AmxError) -> TreePath {
        guard !isThere(path, folder) else { return path }
        if let own = MachineVariant.paths(of: path).first(where: { isThere($0, folder) }) { return own }
        let parent = Directory.parent(of: "\(folder)/\(path)")
        let names = ((try? Directory.names(in: parent)) ?? []).map { String(decoding: $0, as: UTF8.self) }
        let others = names.sorted().filter { machine in
            let variants = MachineVariant.paths(of: path, for: [machine])
            return variants.contains { MachineVariant.split($0)?.path == path && isThere($0, folder) }
        }
        guard !others.isEmpty else { return path }
        throw AmxError(
            .failure, "\(path) is not there for this machine, \(MachineVariant.here.joined(separator: " or "))",
            hint: "it is there for \(others.joined(separator: ", ")); run the capsule on such a one, or add the program"
        )
    }

    private static func isThere(_ path: TreePath, _ folder: String) -> Bool {
        var status = stat()
        return lstat("\(folder)/\(path)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
