import Capsules
import Objects

extension Workspace {
    /// A hash of the files that versions are chosen from: `amx.json`, `amx.lock` and the configuration, each with whether it is there; nil
    /// when one cannot be read.
    func choiceInputs() -> SHA256Hasher? {
        let hasher = SHA256Hasher()
        for (path, limit) in [
            (manifestPath, Limits.standard.manifestBytes), (workspaceLockPath, WorkspaceLock.byteLimit),
            (configPath, 1 << 20),
        ] {
            do throws(AmxError) {
                let bytes = try FileContent.read(path, limit: limit)
                hasher.update([bytes == nil ? 0 : 1])
                hasher.update(SHA256Hasher.hash(of: bytes ?? []).bytes)
            } catch {
                return nil
            }
        }
        return hasher
    }
}
