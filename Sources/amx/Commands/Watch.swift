import ArgumentParser
import Capsules
import Glibc
import Objects
import Workspaces

/// `amx watch`.
struct Watch: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Tell when the content of capsules changes.",
        discussion: """
            Looks at the working forms again and again, until it is interrupted, and prints a capsule with its digest when its content is \
            another one and has stayed the same for half a second. What `.amxignore` leaves out is no content. With --test it runs the \
            capsule's tests then. With --json each change is one line.

            Example:
              amx watch
              amx watch customer-service --test
            """)

    @Argument(help: ArgumentHelp("Capsules; by default all.", valueName: "id")) var ids: [String] = []
    @Flag(help: "Run the tests of a capsule that has changed.") var test = false
    @OptionGroup var global: GlobalOptions

    /// How long it is waited between two looks, in nanoseconds; and how many times as long as a look takes at least.
    private static let (pause, share): (Int64, Int64) = (250_000_000, 20)

    func run(_ output: Output) throws {
        Interruption.catchSignals()
        let place = try Place()
        for text in ids where try place.workspace.capsule(CapsuleID(text)).form() == nil {
            throw place.workspace.capsule(try CapsuleID(text)).missing()
        }
        var present = try digests(place, before: [:])
        var watch = ChangeWatch(present)
        if !global.quiet, !output.asJSON { try output.tell { _ in "Watching; Ctrl-C ends it" } }
        while true {
            let start = MonotonicClock.nanoseconds()
            present = try digests(place, before: present)
            let changes = watch.look(present, at: start)
            for change in changes { try tell(change, output) }
            let spent = MonotonicClock.nanoseconds() - start
            try wait(nanoseconds: max(Self.pause, changes.isEmpty ? spent * Self.share : 0))
        }
    }

    /// What there is now; what cannot be read at this moment is as it was before.
    private func digests(
        _ place: Place, before: [CapsuleID: ContentDigest]
    ) throws(AmxError) -> [CapsuleID: ContentDigest] {
        var digests: [CapsuleID: ContentDigest] = [:]
        for id in try place.ids(ids) {
            try Interruption.check()
            let capsule = place.workspace.capsule(id)
            let isGone = Result { () throws(AmxError) in try capsule.form() == nil }
            if (try? isGone.get()) == true { continue }
            digests[id] = (try? capsule.content().digest()) ?? before[id]
        }
        return digests
    }

    private func tell(_ change: ChangeWatch.Change, _ output: Output) throws {
        let digest = change.digest?.text
        try output.show(json: ["capsule": .string(change.id.string), "digest": .optional(digest)]) { style in
            "\(style.bold(change.id.string))  \(digest ?? "is not here any more")"
        }
        try output.flush()
        guard test, digest != nil else { return }
        do {
            try TestCommand.parse([change.id.string]).run(output)
        } catch let error as AmxError {
            if error.code == .interrupted { throw error }
            try output.warn(error.message)
        }
        try output.flush()
    }

    private func wait(nanoseconds: Int64) throws(AmxError) {
        let end = MonotonicClock.nanoseconds() + nanoseconds
        while case let left = end - MonotonicClock.nanoseconds(), left > 0 {
            try Interruption.check()
            usleep(UInt32(clamping: min(left / 1_000 + 1, 250_000)))
        }
    }
}
