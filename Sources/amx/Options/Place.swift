import Capsules
import Objects
import Workspaces

/// Where a command runs: the workspace, and the capsule whose directory the command was started in.
struct Place {
    /// The workspace.
    let workspace: Workspace
    /// The capsule that is meant when the command line names none; nil outside of capsules' directories.
    let currentID: CapsuleID?

    /// Looks upwards from the working directory, and ends what a killed command has left half done there.
    ///
    /// Not `settling`, it changes nothing.
    init(settling: Bool = true) throws(AmxError) {
        let directory = try WorkingDirectory.path()
        workspace = try Workspace.discover(from: directory)
        if settling {
            if let failure = workspace.settle() { Unfinished.note(failure) }
            if let loss = try? workspace.eventLossWithoutID() {
                Unfinished.note(loss.error(in: workspace), of: .events)
            }
        }
        currentID = Self.currentID(in: workspace, at: directory)
    }

    /// The capsule in whose directory a path lies; nil for none.
    static func currentID(in workspace: Workspace, at directory: String) -> CapsuleID? {
        let prefix = "\(workspace.capsulesDirectory)/"
        guard directory.utf8.starts(with: prefix.utf8) else { return nil }
        let name = directory.utf8.dropFirst(prefix.utf8.count).prefix { $0 != UInt8(ascii: "/") }
        return try? CapsuleID(String(decoding: name, as: UTF8.self))
    }

    /// The capsule of an argument, or the current one when there is none.
    func id(_ text: String?) throws(AmxError) -> CapsuleID {
        if let text { return try CapsuleID(text) }
        if let currentID { return currentID }
        throw AmxError(
            .usage, "no capsule is named",
            hint: "name one, or run the command in a capsule's directory; `amx status` lists them")
    }

    /// The capsule of a command that takes one and something of it, by the words before that something.
    ///
    /// A single word is taken for the something; outside of capsules' directories it is rather a capsule's id, and `what` is missing.
    func id(before what: String, of words: [String]) throws(AmxError) -> String {
        if words.count > 1, let first = words.first { return first }
        if let currentID { return currentID.string }
        throw AmxError(
            .usage, "a capsule and \(what) are needed: there is only '\(words.first ?? "")'",
            hint: "give both, or run the command in a capsule's directory")
    }

    /// The capsules that a command is about: those named, else the current one, else all of the workspace.
    func ids(_ texts: [String]) throws(AmxError) -> [CapsuleID] {
        if !texts.isEmpty { return try Self.distinct(texts) }
        if let currentID { return [currentID] }
        return try workspace.capsuleIDs()
    }

    /// The capsule and revision of an argument: `ID`, `ID@REV`, or `@REV` of the current capsule.
    func revision(_ text: String?) throws(AmxError) -> CapsuleRevision {
        guard let text else { return try CapsuleRevision(id(nil).string) }
        guard text.hasPrefix("@") else { return try CapsuleRevision(text) }
        return try CapsuleRevision("\(id(nil))\(text)")
    }

    /// Takes the capsule's id off a list of arguments.
    ///
    /// The first argument is the id, unless the command runs in a capsule's directory and the argument names no capsule of the
    /// workspace.
    func takeID(_ arguments: inout [String]) throws(AmxError) -> CapsuleID {
        if let currentID {
            guard let first = arguments.first, let named = try? CapsuleID(first), try exists(named) else {
                return currentID
            }
        }
        let id = try id(arguments.first)
        if !arguments.isEmpty { arguments.removeFirst() }
        return id
    }

    /// Refuses the first word of a push or fetch when it names neither a remote nor a capsule of the workspace.
    func checkRemoteOrID(_ word: String?) throws(AmxError) {
        guard let word else { return }
        if let id = try? CapsuleID(word), try exists(id) { return }
        let names = try remoteNames + workspace.inventory().ids.map(\.string)
        throw AmxError(
            .notFound, "'\(word)' is neither a remote nor a capsule of this workspace",
            hint: NearNames.hint(for: word, among: names)
                ?? "`amx remote` lists the remotes, `amx status` the capsules")
    }

    /// What to warn of where a workspace has been made inside another one; nil where it has not.
    static func warning(ofNesting root: String) -> String? {
        guard let outer = try? Workspace.discover(from: Directory.parent(of: root)) else { return nil }
        return
            "it lies in the workspace \(outer.root), which cannot be committed with it: move it elsewhere, or name it in "
            + "\(outer.root)/.amxignore"
    }

    /// The names of the remotes, for advice.
    var remoteNames: [String] { ((try? workspace.remotes()) ?? []).map(\.name) }

    private func exists(_ id: CapsuleID) throws(AmxError) -> Bool {
        Directory.exists(workspace.repositoryPath(id)) || Directory.exists(workspace.directoryPath(id))
            || Directory.exists(workspace.packedPath(id))
    }

    private static func distinct(_ texts: [String]) throws(AmxError) -> [CapsuleID] {
        var ids: [CapsuleID] = []
        for text in texts {
            let id = try CapsuleID(text)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }
}
