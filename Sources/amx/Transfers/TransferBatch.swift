import Capsules
import Objects

/// Does the same with several capsules, so that one's failure does not hide what became of the others.
struct TransferBatch<Item> {
    /// What came of those that went through.
    private(set) var items: [Item] = []
    /// Capsules that the remote does not have, where none was asked for by name.
    private(set) var absent: [CapsuleID] = []
    private var failure: (any Error)?

    /// Runs through the capsules.
    ///
    /// A refused token or a broken network ends it at once: the next capsule would fare no better. With `isLenient`, a capsule that the
    /// remote does not have is passed over. `rejection` turns an item into a failure that still counts as a result.
    init(
        _ ids: [CapsuleID], isLenient: Bool, rejection: (Item) -> AmxError? = { _ in nil },
        _ body: (CapsuleID) throws -> Item
    ) {
        var missing: (any Error)?
        for id in ids {
            do {
                let item = try body(id)
                items.append(item)
                failure = failure ?? rejection(item)
            } catch let error as AmxError where error.code == .notFound && isLenient {
                absent.append(id)
                missing = missing ?? error
            } catch let error as AmxError where error.code == .conflict {
                failure = failure ?? error
            } catch {
                failure = error
                break
            }
        }
        // Where nothing at all was found, the address is wrong.
        if items.isEmpty, failure == nil { failure = missing }
    }

    /// Throws the failure that the command ends with, if there is one; call it when the result has been shown.
    func finish() throws {
        if let failure { throw failure }
    }

    /// Throws the failure when there is no result to show.
    func check() throws {
        if items.isEmpty { try finish() }
    }
}
