/// Who caused an event and from where, in clear text: what is recorded are pseudonyms.
package struct EventActor: Sendable, Hashable {
    /// The user; nil when the system itself acted.
    package var userID: String?
    /// Where from.
    package var ipAddress: String?
    /// With which program.
    package var userAgent: String?
    /// In which session.
    package var sessionID: String?

    /// Describes an actor.
    package init(
        userID: String? = nil, ipAddress: String? = nil, userAgent: String? = nil, sessionID: String? = nil
    ) {
        (self.userID, self.ipAddress, self.userAgent, self.sessionID) = (userID, ipAddress, userAgent, sessionID)
    }

    /// What is known of it, in the order of an event's members.
    var values: [(member: PersonalMember, value: String)] {
        let all: [(PersonalMember, String?)] = [
            (.userID, userID), (.ipAddress, ipAddress), (.userAgent, userAgent), (.sessionID, sessionID),
        ]
        return all.compactMap { member, value in value.map { (member, $0) } }
    }

    /// The system itself.
    package static let system = EventActor()
}
