import Objects

/// Git's credential helpers, through `git credential`, which reads git's configuration and runs the helpers as git does.
///
/// Never asks anybody: helpers that have nothing leave it at that. Where git is not installed there are no helpers.
/// Source: git-credential(1).
struct GitCredentialHelper: Sendable {
    private static let answerLimit = 1 << 16
    /// How long helpers may take together: some look into a locked key ring, or open a browser.
    private static let timeLimit = Duration.seconds(120)

    /// What a helper gave, for `approve` or `reject`.
    struct Answer: Sendable {
        let credential: Credential
        fileprivate let lines: [String]
    }

    /// Asks for a credential; nil when no helper has one.
    func fill(_ origin: Origin, of address: WebAddress) throws(AmxError) -> Answer? {
        var question = ["protocol=\(origin.scheme.rawValue)", "host=\(Self.host(of: origin))"]
        if !address.path.isEmpty { question.append("path=\(address.path.dropFirst())") }
        if let user = address.user { question.append("username=\(user)") }
        guard let output = try Self.run("fill", question) else { return nil }
        let lines = output.split(separator: "\n").map(String.init)
        func value(_ key: String) -> String? {
            lines.last { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
        }
        // What was asked for must come back: a helper that answers for another place is not believed.
        guard value("protocol") == origin.scheme.rawValue, value("host") == Self.host(of: origin),
            let password = value("password"), !password.isEmpty
        else { return nil }
        let user = value("username") ?? Credential.defaultUser
        return Answer(credential: try Credential(user: user, password: password), lines: lines)
    }

    /// Tells the helpers whether a credential was right, so that they keep or forget it.
    func judge(_ answer: Answer, isAccepted: Bool) {
        _ = try? Self.run(isAccepted ? "approve" : "reject", answer.lines)
    }

    private static func host(of origin: Origin) -> String {
        let whole = origin.description
        return String(whole.dropFirst(origin.scheme.rawValue.utf8.count + 3))
    }

    /// Runs `git credential`; what it prints, or nil when it fails, takes too long, or there is no git.
    private static func run(_ action: String, _ lines: [String]) throws(AmxError) -> String? {
        guard lines.allSatisfy({ !$0.contains("\n") && !$0.utf8.contains(0) }) else { return nil }
        // From the root, so that no repository around the working directory says which program runs.
        var git = Program("git", ["-C", "/", "-c", "core.askPass=", "credential", action])
        git.input = .bytes(Array((lines.joined(separator: "\n") + "\n\n").utf8))
        git.output = .kept(limit: answerLimit)
        // Without what could make git ask somebody; in a session of its own it has no terminal either.
        git.environment = git.environment.with(
            ["GIT_ASKPASS": nil, "SSH_ASKPASS": nil, "GIT_DIR": nil, "GIT_TERMINAL_PROMPT": "0"])
        let outcome: Program.Outcome
        do throws(AmxError) {
            outcome = try git.run(within: timeLimit) { () throws(AmxError) in try Interruption.check() }
        } catch  where error.code != .interrupted {
            return nil
        }
        guard outcome.status == 0, !outcome.isLate else { return nil }
        return String(decoding: outcome.output, as: UTF8.self)
    }
}
