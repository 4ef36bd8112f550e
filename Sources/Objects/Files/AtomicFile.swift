import Glibc

/// Replaces whole files so that a reader, or a crash, sees the old content or the new one and nothing between.
package enum AtomicFile {
    /// Writes bytes under a temporary name beside `path`, fsyncs, renames over `path`, and fsyncs the directory.
    ///
    /// On failure the temporary file is removed and the old content stays. Mode bits are exact, whatever the umask.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(AmxError) {
        try write(to: path, mode: mode) { file throws(AmxError) in try file.write(bytes) }
    }

    /// Replaces a file that can be derived again, in a folder that is made when it is missing. Nothing waits for the disk: after a crash
    /// the content may be anything, so its reader must notice. A failure leaves the old file, and is nobody's concern.
    package static func writeDerived(_ bytes: [UInt8], to path: String) {
        let folder = Directory.parent(of: path)
        let temporary = "\(folder)/\(Directory.temporaryName(".tmp"))"
        do throws(AmxError) {
            try Directory.create(folder)
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            try file.write(bytes)
            if rename(temporary, path) != 0 { unlink(temporary) }
        } catch {
            unlink(temporary)
        }
    }

    /// Lets `body` write the content, then makes it durable and visible as above.
    package static func write(
        to path: String, mode: UInt32 = 0o644, _ body: (borrowing OpenFile) throws(AmxError) -> Void
    ) throws(AmxError) {
        let temporary = "\(Directory.parent(of: path))/\(Directory.temporaryName(".tmp"))"
        do throws(AmxError) {
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            guard fchmod(file.descriptor, mode) == 0 else { throw AmxError.system("cannot set the mode of \(path)") }
            try body(file)
            try file.sync()
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let error = AmxError.system("cannot write \(path)")
            unlink(temporary)
            throw error
        }
        try Directory.sync(Directory.parent(of: path))
    }
}
