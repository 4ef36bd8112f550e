import Capsules
package import Objects

/// Who has asked to run what, and what was said of it: `.aimatrix/run-approvals.json`.
///
/// A value that is read and written whole; whoever changes it holds the workspace's lock. The file never travels, and only its owner may
/// read it. Source: `docs/permissions.md`, "Approvals of runs".
package struct RunApprovals: Sendable, Hashable {
    /// For how long an approval counts, in seconds, where nobody says: an hour; and at the most: thirty days.
    package static let (standardPeriod, longestPeriod): (Int64, Int64) = (3_600, 30 * 86_400)
    /// How many wishes are kept; the oldest ones go first.
    static let kept = 1_000
    private static let byteLimit = 16 << 20
    private static let schema: Int64 = 1

    private let path: String
    /// In the order in which they were made.
    package private(set) var all: [RunApproval] = []

    /// Reads them; none where there is no file. `.verification` when it is damaged.
    package init(_ workspace: Workspace) throws(AmxError) {
        path = "\(workspace.metadata)/run-approvals.json"
        guard let bytes = try FileContent.read(path, limit: Self.byteLimit) else { return }
        guard let object = try? JSONParser.parse(bytes).object, object["schema"] == .integer(Self.schema),
            let values = object["requests"]?.array
        else { throw damaged() }
        for value in values {
            guard let approval = RunApproval(value) else { throw damaged() }
            all.append(approval)
        }
    }

    /// What lets somebody run this now; nil for nothing.
    package func approval(of subject: RunSubject, by user: String, at now: EventTime = .now()) -> RunApproval? {
        all.last { $0.allows(subject, by: user, at: now) }
    }

    /// Somebody's wish to run this: the one that waits already, or a new one.
    package mutating func ask(_ subject: RunSubject, by user: String, at now: EventTime = .now()) -> RunApproval {
        if let waiting = all.last(where: {
            $0.subject == subject && $0.verdict == .waiting && RunApproval.isSame($0.requester, user)
        }) {
            return waiting
        }
        var id: String
        repeat { id = Self.newID() } while all.contains { $0.id == id }
        let wish = RunApproval(id: id, subject: subject, requester: user, time: now, verdict: .waiting)
        all = all.suffix(Self.kept - 1) + [wish]
        return wish
    }

    /// Approves a wish for some seconds.
    ///
    /// `.denied` for whoever has asked, and for what is DANGEROUS for everybody but admins; `.conflict` for what waits no more, `.notFound`
    /// for an unknown id.
    package mutating func approve(
        _ id: String, by user: String, isAdmin: Bool, seconds: Int64 = standardPeriod, at now: EventTime = .now()
    ) throws(AmxError) -> RunApproval {
        let index = try waiting(id)
        let subject = all[index].subject
        guard !RunApproval.isSame(all[index].requester, user) else {
            throw AmxError(
                .denied, "\(user) has asked to run \(subject.name), so somebody else has to approve it",
                hint: "whoever approves has another `user.email`")
        }
        guard subject.level < .dangerous || isAdmin else {
            throw AmxError(
                .denied, "\(subject.name) is \(subject.level.rawValue), and \(user) is no admin",
                hint: "`approvals.admins` names those who may approve it; `amx config` sets it")
        }
        let period = min(max(1, seconds), Self.longestPeriod)
        all[index].verdict = .approved(
            by: user, at: now, until: EventTime(microseconds: now.microseconds + period * 1_000_000))
        return all[index]
    }

    /// Says no to a wish. `.conflict` for what waits no more, `.notFound` for an unknown id.
    package mutating func deny(
        _ id: String, by user: String, reason: String? = nil, at now: EventTime = .now()
    ) throws(AmxError) -> RunApproval {
        let index = try waiting(id)
        all[index].verdict = .denied(by: user, at: now, reason: reason)
        return all[index]
    }

    /// Writes the file, durably and at once, with mode 0600.
    package func write() throws(AmxError) {
        let bytes = JSONWriter.bytes(
            ["requests": .array(all.map(\.json)), "schema": .integer(Self.schema)], .canonicalPretty)
        try AtomicFile.write(bytes, to: path, mode: Approvals.mode)
    }

    private func waiting(_ id: String) throws(AmxError) -> Int {
        guard let index = all.firstIndex(where: { $0.id == id }) else {
            throw AmxError(
                .notFound, "nobody has asked for '\(TreeRules.printable(id.utf8))'",
                hint: "`amx approvals` lists what was asked for")
        }
        guard all[index].verdict == .waiting else {
            throw AmxError(
                .conflict, "\(id) was decided before", hint: "`amx approvals` says how; running it again asks anew")
        }
        return index
    }

    private static func newID() -> String {
        let digits = String(UInt64.random(in: .min ... .max) & 0xFFFF_FFFF_FFFF, radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }

    private func damaged() -> AmxError {
        AmxError(
            .verification, "\(path) is damaged", hint: "remove it: then everything that needs an approval asks again")
    }
}
