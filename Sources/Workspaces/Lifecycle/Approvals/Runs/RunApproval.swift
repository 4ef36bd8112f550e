import Objects

/// Somebody's wish to run something that needs an approval, and what became of it.
package struct RunApproval: Sendable, Hashable {
    /// What became of it.
    package enum Verdict: Sendable, Hashable {
        case waiting
        /// By whom, when, and up to when it counts.
        case approved(by: String, at: EventTime, until: EventTime)
        case denied(by: String, at: EventTime, reason: String?)
    }

    /// Twelve digits by which it is named.
    package let id: String
    package let subject: RunSubject
    /// Who asked, as commits name them.
    package let requester: String
    package let time: EventTime
    package internal(set) var verdict: Verdict

    /// Whether it lets somebody run this at a moment: never whoever has approved it.
    package func allows(_ subject: RunSubject, by user: String, at now: EventTime) -> Bool {
        guard case .approved(let approver, _, let until) = verdict else { return false }
        return self.subject == subject && now < until && !Self.isSame(approver, user)
    }

    /// Whether two addresses are those of one person.
    static func isSame(_ one: String, _ other: String) -> Bool {
        one.lowercased().utf8.elementsEqual(other.lowercased().utf8)
    }
}
