import CLinux
import Glibc

/// A folder below a repository's `objects` where a pack waits until it has been checked; readers don't look into it.
///
/// It is named `incoming-<random>` and holds a `lock` file, on which its owner keeps an flock: the kernel drops that when
/// the process ends, however it ends, so ``sweep(_:)`` can tell what has been left behind without guessing from ages or
/// process ids. It goes with its owner.
package final class Quarantine {
    /// The folder, which has the layout of an `objects` folder.
    package let path: String
    private let lock: OpenFile

    /// Makes and locks a folder below `objects`.
    package init(in objects: String) throws(AmxError) {
        for _ in 0..<64 {
            let path = "\(objects)/\(Self.prefix)\(String(UInt64.random(in: .min ... .max), radix: 16))"
            guard mkdir(path, 0o700) == 0 else {
                if errno == EEXIST { continue }
                throw AmxError.system("cannot create \(path)")
            }
            guard let lock = try Self.locked(path, creating: true) else { continue }
            guard mkdir("\(path)/pack", 0o700) == 0 else {
                let error = AmxError.system("cannot create \(path)/pack")
                try? Self.remove(path)
                throw error
            }
            self.path = path
            self.lock = lock
            return
        }
        throw AmxError(
            .failure, "cannot create a folder in \(objects): every name is taken",
            hint: "remove what is left of earlier runs from that folder")
    }

    deinit { discard() }

    /// Removes the folder with all that is in it.
    package func discard() { try? Self.remove(path) }

    /// Gives `pack-<name>` and its index, which lie here, their place in a repository, durably.
    ///
    /// Both have been synced or left to the next sync: nothing has its final name before its content is on the disk.
    func publish(pack name: String, in repository: Repository) throws(AmxError) {
        let (source, target) = ("\(path)/pack", repository.packDirectory)
        try Directory.syncDeferred(source)
        try Directory.createDurably(target)
        // A reader looks for the index first, so the pack must be there when it comes. A pack's name is the checksum of its
        // content: one that is there already is the same.
        let (pack, index) = ("\(target)/pack-\(name).pack", "\(target)/pack-\(name).idx")
        let isNew = !Directory.exists(pack)
        guard rename("\(source)/pack-\(name).pack", pack) == 0 else {
            throw AmxError.system("cannot publish \(pack)")
        }
        guard rename("\(source)/pack-\(name).idx", index) == 0 else {
            let error = AmxError.system("cannot publish \(index)")
            if isNew, !Directory.exists(index) { unlink(pack) }
            throw error
        }
        // Another process that published the same may have failed right now and taken it back.
        guard Directory.exists(pack) else {
            unlink(index)
            throw AmxError(
                .conflict, "cannot publish \(pack): another process has taken it away", hint: "run the command again")
        }
        try Directory.sync(target)
    }

    /// Removes what killed processes have left in a repository's `objects` folder, and returns how many folders that were; a pack
    /// that one had half published gets its index.
    ///
    /// Safe beside running receivers. Call it when a repository is opened for writing and from maintenance.
    @discardableResult
    package static func sweep(_ objects: String) throws(AmxError) -> Int {
        var removed = 0
        for name in try Directory.names(in: objects) where name.starts(with: prefix.utf8) {
            let path = "\(objects)/\(String(decoding: name, as: UTF8.self))"
            if !Directory.exists("\(path)/\(lockName)") {
                // Empty: it was made this moment, and its maker will make another; or whoever made or removed it was killed.
                guard rmdir(path) == 0 else { continue }
                removed += 1
            } else if let lock = try locked(path, creating: false) {
                finishPublication(path, in: "\(objects)/pack")
                try remove(path)
                removed += 1
                _ = consume lock
            }
        }
        return removed
    }

    /// Gives an index its place whose pack has it already: who published both was stopped in between. Both are on the disk by then.
    private static func finishPublication(_ path: String, in target: String) {
        guard let names = try? Directory.names(in: "\(path)/pack") else { return }
        for name in names where name.starts(with: "pack-".utf8) && name.suffix(4).elementsEqual(".idx".utf8) {
            guard let stem = String(validating: name.dropLast(4), as: UTF8.self) else { continue }
            let (source, pack) = ("\(path)/pack/\(stem)", "\(target)/\(stem)")
            guard !Directory.exists("\(source).pack"), Directory.exists("\(pack).pack"),
                !Directory.exists("\(pack).idx")
            else { continue }
            rename("\(source).idx", "\(pack).idx")
        }
    }

    /// Whether the owner of a quarantine's folder is gone. Changes nothing; the age of an empty folder is for the caller to judge.
    static func isAbandoned(_ path: String) -> Bool {
        guard Directory.exists("\(path)/\(lockName)") else { return true }
        guard let lock = try? locked(path, creating: false) else { return false }
        _ = consume lock
        return true
    }

    private static let prefix = "incoming-"
    private static let lockName = "lock"

    /// The lock of a folder; nil when another has it, or the folder is gone.
    private static func locked(_ path: String, creating: Bool) throws(AmxError) -> OpenFile? {
        let flags = O_RDWR | O_NOFOLLOW | (creating ? O_CREAT : 0)
        do throws(AmxError) {
            let file = try OpenFile("\(path)/\(lockName)", flags, mode: 0o600)
            guard amx_flock_try(file.descriptor, 1) == 0, try file.status().st_nlink > 0 else { return nil }
            return file
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    /// Removes a folder, its lock file last: cut off anywhere, what is left is what ``sweep(_:)`` knows.
    private static func remove(_ path: String) throws(AmxError) {
        do throws(AmxError) {
            for name in try Directory.names(in: path) where !name.elementsEqual(lockName.utf8) {
                try Directory.remove("\(path)/\(String(decoding: name, as: UTF8.self))")
            }
        } catch {
            if error.code == .notFound { return }
            throw error
        }
        try Directory.remove(path)
    }
}
