import Capsules
import Glibc
import Manuals
import Objects
import Versions
import Workspaces

/// The names that a workspace has, for completion: whatever cannot be read is left out, and nothing is changed.
struct CompletionNames {
    private let workspace: Workspace?
    /// The capsule whose directory the command is completed in.
    let currentID: CapsuleID?
    private let word: String
    private let isAboutWorkspace: Bool

    /// Looks where a command line would run: `-C DIR` counts. Branches and revisions are those of capsules, or of the workspace
    /// itself.
    init(_ words: [String], isAboutWorkspace: Bool) {
        self.isAboutWorkspace = isAboutWorkspace
        for (index, option) in words.enumerated() where option == "-C" && index + 2 < words.count {
            chdir(words[index + 1])
        }
        word = words.last ?? ""
        let directory = (try? WorkingDirectory.path()) ?? "/"
        workspace = try? Workspace.discover(from: directory)
        currentID = workspace.flatMap { Place.currentID(in: $0, at: directory) }
    }

    func ids() -> [Completion.Candidate] {
        ((try? workspace?.inventory())?.ids ?? []).map { Completion.Candidate(text: $0.string) }
    }

    func remotes() -> [Completion.Candidate] {
        ((try? workspace?.remotes()) ?? []).map { Completion.Candidate(text: $0.name, meaning: $0.url) }
    }

    func settings() -> [Completion.Candidate] {
        let known = KnownSetting.all.filter { !$0.key.contains("<") }
        let set = ((try? Settings(workspace).entries()) ?? []).map(\.key.shown)
        return ["get", "set", "unset", "list"].map { Completion.Candidate(text: $0) }
            + known.map { Completion.Candidate(text: $0.key, meaning: $0.meaning) }
            + set.map { Completion.Candidate(text: $0) }
    }

    func commands(below places: [String]) -> [Completion.Candidate] {
        let command = CommandDescription.all?.descendant(places)
        return (command?.children ?? []).map { Completion.Candidate(text: $0.name, meaning: $0.abstract) }
    }

    /// The revisions of a capsule that the word has named already: `ID@`.
    func revisionsOfIDs() -> [Completion.Candidate] {
        guard let at = word.firstIndex(of: "@") else { return [] }
        let prefix = word[...at]
        let id = at == word.startIndex ? currentID : try? CapsuleID(String(word[..<at]))
        return revisions(of: id).map { Completion.Candidate(text: "\(prefix)\($0.text)", meaning: $0.meaning) }
    }

    func revisions(of places: [String]) -> [Completion.Candidate] { revisions(of: id(of: places)) }

    func versions(of places: [String]) -> [Completion.Candidate] {
        let versions = snapshot(of: id(of: places))?.tags.compactMap { ref in
            ref.name.tag.flatMap { SemanticVersion(String($0.dropFirst())) }
        }
        return (versions ?? []).sorted().map { Completion.Candidate(text: $0.text) }
    }

    func branches(of places: [String]) -> [Completion.Candidate] {
        guard let snapshot = snapshot(of: id(of: places)) else { return [] }
        return WorkspaceCapsule.branchNames(in: snapshot).map { Completion.Candidate(text: $0) }
    }

    func stashes(of places: [String]) -> [Completion.Candidate] {
        guard let id = id(of: places), let stashes = try? workspace?.capsule(id).stashes() else { return [] }
        return stashes.map { Completion.Candidate(text: "\($0.number)", meaning: $0.commit.subject) }
    }

    /// The files of a capsule: at the revision that is named, else of the working form's commit.
    func paths(of places: [String]) -> [Completion.Candidate] {
        let target = places.first.flatMap { $0.hasPrefix("@") ? nil : try? CapsuleRevision($0) }
        let revision = target?.revision ?? places.first.flatMap { $0.hasPrefix("@") ? String($0.dropFirst()) : nil }
        guard let id = target?.id ?? currentID, let workspace else { return [] }
        let capsule = workspace.capsule(id)
        if revision == nil, let content = try? capsule.content() {
            return content.files.map { Completion.Candidate(text: $0.path.string) }
        }
        guard let shown = try? capsule.show(revision) else { return [] }
        return shown.files.map { Completion.Candidate(text: $0.entry.path.string) }
    }

    private func revisions(of id: CapsuleID?) -> [Completion.Candidate] {
        guard let snapshot = snapshot(of: id) else { return [] }
        return Revision.names(in: snapshot).map { Completion.Candidate(text: $0) }
    }

    /// The capsule that the words before name, else the current one.
    private func id(of places: [String]) -> CapsuleID? {
        let named = places.first.flatMap { try? CapsuleID($0) }
        if let named, let workspace, (try? workspace.inventory())?.ids.contains(named) == true { return named }
        return currentID
    }

    private func snapshot(of id: CapsuleID?) -> RefSnapshot? {
        guard let workspace else { return nil }
        if isAboutWorkspace { return try? workspace.files().repository()?.refs.snapshot() }
        guard let id, let repository = try? workspace.capsule(id).repository() else { return nil }
        return try? repository.refs.snapshot()
    }
}
