import Glibc

extension AmxError {
    /// Describes a path where a plain file is needed and something else is: a folder, a pipe, a device.
    package static func notRegular(_ path: String) -> AmxError {
        AmxError(
            .failure, "cannot read \(path): it is not a regular file", hint: "name a file, or put one in its place")
    }

    /// What to do when there is no room left.
    package static let fullDisk = "free some space and run the command again; nothing was changed"

    /// What to do about a store whose objects or references contradict each other.
    package static let damagedStore =
        "the store is damaged: run `git fsck` in its repository, and restore it from a remote or a backup"

    /// Describes a failed system call: `<what>: <the system's words>`.
    ///
    /// Reads `errno` unless a number is given, so call it before anything else runs. A full disk gets a hint.
    package static func system(_ what: String, errno number: Int32 = Glibc.errno) -> AmxError {
        let reason = String(cString: strerror(number))
        let hint: String? =
            switch number {
            case ENOSPC, EDQUOT: fullDisk
            case EFBIG: "the file is larger than the file system or `ulimit -f` allows"
            case ENOENT: "check the path"
            case ENOTDIR: "a part of the path is a file: check the path"
            case EISDIR: "the path is a folder: check the path"
            case ENAMETOOLONG, ELOOP: "give a shorter or more direct path"
            case EIO: "the disk may be failing: look at the system's log"
            case EACCES, EPERM: "check the owner and the permissions of the path"
            case EROFS: "the file system is mounted read-only"
            case EMFILE, ENFILE: "too many files are open: raise the limit with `ulimit -n`"
            default: nil
            }
        return AmxError(number == ENOENT ? .notFound : .failure, "\(what): \(reason)", hint: hint)
    }
}
