import Capsules
import HubClient

/// The progress of one capsule's transfer as a line.
enum TransferLine {
    /// What a transfer is doing, for a ``ProgressDisplay``.
    static func text(_ id: CapsuleID, _ progress: TransferProgress) -> String {
        switch progress {
        case .counting: "\(id): looking what is missing"
        case .sending(let bytes, let objects): "\(id): sending \(objects) objects, \(amount(bytes))"
        // How many there are may not be known.
        case .receiving(let bytes, 0): "\(id): receiving \(amount(bytes))"
        case .receiving(let bytes, let objects): "\(id): receiving \(objects) objects, \(amount(bytes))"
        case .resuming(let bytes): "\(id): resuming at \(amount(bytes))"
        case .checking(let objects): "\(id): checking \(objects) objects"
        case .message(let text): "\(id): remote: \(text)"
        }
    }

    private static func amount(_ bytes: Int) -> String {
        switch bytes {
        case ..<10_000: "\(bytes) bytes"
        case ..<10_000_000: "\(bytes / 1000) kB"
        default: "\(bytes / 1_000_000) MB"
        }
    }
}
