import Glibc
package import Objects

/// A folder of a capsule's files that nobody changes, for as long as something of them runs.
///
/// It lies below the workspace's cache and goes with this value; one that a killed process has left goes before the next is made.
package final class RunFolder: Sendable {
    /// Where the files are.
    package let path: String
    private let place: String
    /// Holds the folder: whoever has died holds none.
    private let descriptor: Int32
    /// How long a folder may be there before it is held, in seconds.
    private static let patience = 60

    /// Makes an empty place for a folder `path`, which is not there yet.
    init(in workspace: Workspace) throws(AmxError) {
        let runs = "\(workspace.cacheDirectory)/runs"
        try Directory.create(runs)
        Self.sweep(runs, of: workspace)
        place = "\(runs)/\(Directory.temporaryName("run"))"
        guard mkdir(place, 0o755) == 0 else { throw AmxError.system("cannot make \(place)") }
        descriptor = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw AmxError.system("cannot hold \(place)")
        }
        path = "\(place)/capsule"
    }

    deinit {
        remove()
        close(descriptor)
    }

    /// Removes it now, when nothing runs from it any more: a process that ends may have no time to let go of the last reference.
    package func remove() {
        // What cannot be removed is swept by a later run.
        try? Directory.remove(place)
    }

    /// Notes that something runs from here, under a name of its own, so that its end is recorded also where this process is killed;
    /// `durably`, also where the machine fails.
    package func begin(_ execution: InterruptedExecution, as name: String, durably: Bool) throws(AmxError) {
        let note = "\(place)/\(name)\(Self.suffix)"
        if durably {
            try AtomicFile.write(execution.bytes, to: note, mode: 0o600)
        } else {
            AtomicFile.writeDerived(execution.bytes, to: note)
        }
    }

    /// Notes that the end of what was begun under a name is recorded.
    package func end(_ name: String) { unlink("\(place)/\(name)\(Self.suffix)") }

    private static let suffix = ".execution"

    private static func sweep(_ runs: String, of workspace: Workspace) {
        for name in (try? Directory.names(in: runs)) ?? [] {
            let path = "\(runs)/\(String(decoding: name, as: UTF8.self))"
            var status = stat()
            guard lstat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec > patience else { continue }
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try? conclude(path, of: workspace) }
        }
    }

    /// Records the end of what ran from a folder that a killed process has left, and removes it.
    private static func conclude(_ place: String, of workspace: Workspace) throws(AmxError) {
        for name in try Directory.names(in: place) where name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) {
            let note = "\(place)/\(String(decoding: name, as: UTF8.self))"
            guard let bytes = try FileContent.read(note, limit: InterruptedExecution.byteLimit) else { continue }
            try InterruptedExecution(bytes)?.conclude(in: workspace)
        }
        try Directory.remove(place)
    }
}
