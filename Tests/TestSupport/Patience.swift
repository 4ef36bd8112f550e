import Glibc

/// Waits for what another thread or program does, as long as a busy machine may take.
public enum Patience {
    /// Asks again and again until something holds; false when it has not after some minutes.
    @discardableResult
    public static func waits(for condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<6_000 {
            if try condition() { return true }
            usleep(20_000)
        }
        return false
    }
}
