import CGit2
import CGit2Local
import Glibc

/// The one door to libgit2's global state and error codes.
///
/// Initialised at the first use, never before. Object reads don't re-hash (receiving and fsck do that themselves), packs
/// are fsynced, and no configuration outside the repositories is read.
enum LibGit2 {
    static let ready: Void = {
        git_libgit2_init()
        _ = amx_git_set_strict_hash_verification(0)
        _ = amx_git_set_fsync(1)
        for level in [
            GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA,
        ] {
            _ = amx_git_set_search_path(level.rawValue, "")
        }
    }()

    /// Turns a negative result into an error, with libgit2's thread-local words; call it right after the C function.
    @discardableResult
    static func check(_ result: Int32, _ what: @autoclosure () -> String) throws(AmxError) -> Int32 {
        guard result < 0 else { return result }
        let reason = git_error_last().map { String(cString: $0.pointee.message) } ?? "libgit2 error \(result)"
        let noSpace = errno == ENOSPC || errno == EDQUOT
        git_error_clear()
        throw AmxError(
            result == GIT_ENOTFOUND.rawValue ? .notFound : .failure, "\(what()): \(reason)",
            hint: noSpace ? "free some space and run the command again; nothing was changed" : nil)
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
