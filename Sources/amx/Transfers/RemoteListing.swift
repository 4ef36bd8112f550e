import Capsules
import HubClient
import Objects
import Workspaces

/// What a place has: its capsules with their references.
struct RemoteListing {
    /// One capsule there.
    struct Entry: Sendable {
        let id: CapsuleID
        let refs: RemoteRefs
    }

    /// The capsules that could be read, in the order in which they were asked for.
    let entries: [Entry]
    /// What became of each that was asked for alone.
    let batch: TransferBatch<Entry>
    /// Whether the place has told all that it has; a plain git server only answers for capsules that are named.
    let isComplete: Bool

    /// Asks a place for everything, or with `names` for these capsules only.
    ///
    /// Where a place doesn't tell what it has, the leg's capsules are looked for. `others` are words that a name which is not
    /// there may have been meant for, besides those that are.
    init(
        _ leg: TransferLeg, names: [CapsuleID] = [], others: [String] = [], cacheFolder: String?,
        _ display: ProgressDisplay
    ) throws {
        var asked = leg
        if !names.isEmpty {
            asked.ids = names
            isComplete = false
        } else if let all = try leg.connector().ownerRefs(
            at: leg.place, cacheFolder: cacheFolder, isOnlySource: leg.ids.isEmpty)
        {
            let unreadable = all.ids.filter { all[$0] == nil }
            asked.ids = unreadable
            let found = all.ids.compactMap { id in all[id].map { Entry(id: id, refs: $0) } }
            batch = Self.ask(asked, skipsMissing: true, display)
            entries = (found + batch.items).sorted { $0.id < $1.id }
            isComplete = true
            return
        } else if let ids = try leg.connector().capsules(at: leg.place) {
            asked.ids = ids
            isComplete = true
        } else {
            isComplete = false
        }
        var batch = Self.ask(asked, skipsMissing: names.isEmpty, display)
        batch.suggest(among: others + leg.connector().names(at: leg.place))
        self.batch = batch
        entries = batch.items
    }

    private static func ask(
        _ leg: TransferLeg, skipsMissing: Bool, _ display: ProgressDisplay
    ) -> TransferBatch<Entry> {
        TransferBatch(leg, verb: "read", skipsMissing: skipsMissing, display: display) { connector, id, progress in
            progress(.counting)
            return Entry(id: id, refs: try connector.repository(id, at: leg.place).refs())
        }
    }
}
