package import Capsules
import Objects

extension RunApproval {
    /// The entry of `.aimatrix/run-approvals.json` and of `--json`.
    package var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("id", .string(id)), ("capsule", .string(subject.capsule.string)),
            ("digest", .string(subject.digest.text)), ("tool", .optional(subject.tool)),
            ("parameters", .string(subject.parameters.hex)), ("level", .string(subject.level.rawValue)),
            ("requestedBy", .string(requester)), ("requestedAt", .string(time.text)),
        ]
        switch verdict {
        case .waiting: members.append(("state", "waiting"))
        case .approved(let user, let time, let until):
            members += [
                ("state", "approved"), ("by", .string(user)), ("at", .string(time.text)),
                ("until", .string(until.text)),
            ]
        case .denied(let user, let time, let reason):
            members += [
                ("state", "denied"), ("by", .string(user)), ("at", .string(time.text)), ("reason", .optional(reason)),
            ]
        }
        return .object(JSONObject(members))
    }

    /// Reads the form of ``json``; nil for anything else.
    init?(_ value: JSONValue) {
        func time(_ key: String) -> EventTime? { value[key]?.string.flatMap { EventTime(canonical: $0) } }
        guard let id = value["id"]?.string, let name = value["capsule"]?.string, let capsule = try? CapsuleID(name),
            let digest = value["digest"]?.string.flatMap({ ContentDigest($0) }),
            let parameters = value["parameters"]?.string.flatMap({ SHA256Digest(hex: $0) }),
            let level = value["level"]?.string.flatMap({ SecurityLevel(rawValue: $0) }),
            let requester = value["requestedBy"]?.string, let requested = time("requestedAt")
        else { return nil }
        let verdict: Verdict
        switch value["state"]?.string {
        case "waiting": verdict = .waiting
        case "approved":
            guard let user = value["by"]?.string, let at = time("at"), let until = time("until") else { return nil }
            verdict = .approved(by: user, at: at, until: until)
        case "denied":
            guard let user = value["by"]?.string, let at = time("at") else { return nil }
            verdict = .denied(by: user, at: at, reason: value["reason"]?.string)
        default: return nil
        }
        let subject = RunSubject(
            capsule, digest: digest, tool: value["tool"]?.string, parameters: parameters, level: level)
        self.init(id: id, subject: subject, requester: requester, time: requested, verdict: verdict)
    }
}
