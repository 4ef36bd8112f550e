import Glibc

extension AmxError {
    /// Describes a failed system call: `<what>: <the system's words>`.
    ///
    /// Reads `errno` unless a number is given, so call it before anything else runs. A full disk gets a hint.
    package static func system(_ what: String, errno number: Int32 = Glibc.errno) -> AmxError {
        let reason = String(cString: strerror(number))
        let hint: String? =
            switch number {
            case ENOSPC, EDQUOT: "free some space and run the command again; nothing was changed"
            case EACCES, EPERM: "check the owner and the permissions of the path"
            case EROFS: "the file system is mounted read-only"
            case EMFILE, ENFILE: "too many files are open: raise the limit with `ulimit -n`"
            default: nil
            }
        return AmxError(number == ENOENT ? .notFound : .failure, "\(what): \(reason)", hint: hint)
    }
}
