import CLinux
import Glibc
import Objects

/// The folder of images: each in a folder of its own, whose name stands for what it was made of. Several processes may share it.
struct ImageFolder: Sendable {
    /// The folder's path.
    let path: String
    /// How the names of folders begin that are no image yet, or none any more.
    private static let making = "making"
    /// The digits of an image's name.
    static let nameLength = 32
    /// How long an image may be of use to nobody, in seconds, before whoever makes another one removes it.
    private static let unusedSeconds = 30 * 86_400

    /// The file of an image.
    func file(_ name: String) -> String { "\(path)/\(name)/state" }

    /// Makes the folder. Who can write an image decides what guests run: `.denied` where others can.
    func make() throws(AmxError) {
        try Directory.create(path, mode: 0o755)
        guard Self.isOwn(path, S_IFDIR) else {
            throw AmxError(
                .denied, "\(path) is not a folder that only this user may write",
                hint: "remove it; Amx makes it again")
        }
    }

    /// Takes hold of an image; nil where it is not there. `.denied` where others may write it.
    func use(_ name: String) throws(AmxError) -> ImageUse? {
        guard let use = try ImageUse(of: "\(path)/\(name)"), Directory.exists(file(name)) else { return nil }
        guard Self.isOwn(file(name), S_IFREG) else {
            throw AmxError(
                .denied, "\(file(name)) is not a file that only this user may write", hint: "remove \(path)")
        }
        return use
    }

    private static func isOwn(_ path: String, _ type: mode_t) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && ImageUse.isOwn(status, type)
    }

    /// Waits until nobody else makes or removes images, for so many seconds at most; `check` is called at least twice a second.
    func lock(_ seconds: Double, _ check: () throws(AmxError) -> Void) throws(AmxError) -> FileLock {
        let end = MonotonicClock.seconds() + seconds
        while true {
            try check()
            do throws(AmxError) {
                return try FileLock("\(path)/lock", timeout: 0.4, busy: "cannot make the image of a virtual machine")
            } catch {
                guard error.code == .conflict, MonotonicClock.seconds() < end else { throw error }
            }
        }
    }

    // MARK: With the lock

    /// A new folder for the files of an image that is made.
    func begin() throws(AmxError) -> String {
        // What a process has left that was killed meanwhile.
        for name in try names() where name.hasPrefix(Self.making) { try Directory.remove("\(path)/\(name)") }
        let folder = aside()
        try Directory.create(folder, mode: 0o755)
        return folder
    }

    /// Gives what was made in a folder its name, and takes hold of it.
    func finish(_ folder: String, as name: String) throws(AmxError) -> ImageUse? {
        // What is in the way is of no use.
        try Directory.remove("\(path)/\(name)")
        try Directory.renameWithoutReplacing(folder, to: "\(path)/\(name)")
        try Directory.sync(path)
        return try use(name)
    }

    /// Removes the images that no process holds, and none has taken hold of for 30 days, but for one; what cannot be removed stays.
    func removeUnused(but name: String) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        for other in (try? names()) ?? [] where other != name && Self.isName(other) {
            // First the lock: whoever had it before has marked the image as used.
            let image = "\(path)/\(other)"
            guard let folder = try? OpenFile.existing(image), amx_flock_try(folder.descriptor, 1) == 0,
                let status = try? folder.status(), ImageUse.isOwn(status, S_IFDIR),
                status.st_mtim.tv_sec < now.tv_sec - Self.unusedSeconds
            else { continue }
            // In one step, so that nobody finds half of it.
            let waste = aside()
            try? Directory.renameWithoutReplacing(image, to: waste)
            try? Directory.remove(waste)
        }
    }

    private func names() throws(AmxError) -> [String] {
        try Directory.names(in: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func aside() -> String { "\(path)/\(Directory.temporaryName(Self.making))" }

    private static func isName(_ name: String) -> Bool {
        name.utf8.count == nameLength && name.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }
}
