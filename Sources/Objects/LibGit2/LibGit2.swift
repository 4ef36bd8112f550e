import CGit2
import CGit2Local
import Glibc

/// The one door to libgit2's global state and error codes.
///
/// Initialised at the first use, never before. Object reads don't re-hash (receiving and fsck do that themselves), and
/// no configuration outside the repositories is read. What libgit2 writes is synced by those who have it written.
enum LibGit2 {
    static let ready: Void = {
        git_libgit2_init()
        _ = amx_git_set_strict_hash_verification(0)
        for level in [
            GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA,
        ] {
            _ = amx_git_set_search_path(level.rawValue, "")
        }
    }()

    /// Turns a negative result into an error, with libgit2's thread-local words; call it right after the C function.
    ///
    /// What libgit2 finds damaged is `.verification`, what is missing `.notFound`, all else `.failure`.
    @discardableResult
    static func check(_ result: Int32, _ what: @autoclosure () -> String) throws(AmxError) -> Int32 {
        guard result < 0 else { return result }
        let number = errno
        let error = git_error_last()?.pointee
        let reason = error?.message.map { String(cString: $0) } ?? "libgit2 error \(result)"
        let origin = error.map { git_error_t(rawValue: UInt32(bitPattern: $0.klass)) }
        git_error_clear()
        let code: AmxError.Code
        switch origin {
        case _ where result == GIT_ENOTFOUND.rawValue: code = .notFound
        case _ where result == GIT_EMISMATCH.rawValue: code = .verification
        case GIT_ERROR_ZLIB, GIT_ERROR_OBJECT, GIT_ERROR_ODB, GIT_ERROR_INDEXER, GIT_ERROR_TAG, GIT_ERROR_TREE,
            GIT_ERROR_SHA:
            code = .verification
        // Of some damage it says nothing more; a failed system call always leaves its words.
        case nil, GIT_ERROR_NONE: code = .verification
        default: code = .failure
        }
        // A full disk shows itself while objects are written, too: libgit2 ends its words with the system's.
        let isFull =
            [ENOSPC, EDQUOT].contains { reason.hasSuffix(String(cString: strerror($0))) }
            || origin == GIT_ERROR_OS && (number == ENOSPC || number == EDQUOT)
        if isFull { throw AmxError(.failure, "\(what()): \(reason)", hint: AmxError.fullDisk) }
        let hint: String? =
            switch code {
            case .verification: AmxError.damagedStore
            case _ where origin == GIT_ERROR_CONFIG: "correct the file: it is in the format of `git config`"
            default: nil
            }
        throw AmxError(code, "\(what()): \(reason)", hint: hint)
    }
}

extension ObjectID {
    /// Copies libgit2's form.
    init(_ oid: git_oid) {
        self = withUnsafeBytes(of: oid) { ObjectID(bytes: $0) } ?? .zero
    }

    /// libgit2's form.
    var git: git_oid {
        var oid = git_oid()
        let bytes = bytes
        withUnsafeMutableBytes(of: &oid) { $0.copyBytes(from: bytes) }
        return oid
    }
}

extension ObjectKind {
    /// Maps libgit2's object type; nil for deltas and unknown ones.
    init?(_ type: git_object_t) {
        switch type {
        case GIT_OBJECT_COMMIT: self = .commit
        case GIT_OBJECT_TREE: self = .tree
        case GIT_OBJECT_BLOB: self = .blob
        case GIT_OBJECT_TAG: self = .tag
        default: return nil
        }
    }

    /// libgit2's object type.
    var git: git_object_t {
        switch self {
        case .commit: GIT_OBJECT_COMMIT
        case .tree: GIT_OBJECT_TREE
        case .blob: GIT_OBJECT_BLOB
        case .tag: GIT_OBJECT_TAG
        }
    }
}
