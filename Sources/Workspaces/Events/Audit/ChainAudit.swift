import Capsules
import Objects

/// Checks one chain from its first commit on.
struct ChainAudit {
    private let chain: EventChain
    private let trust: BatchTrust
    /// What is wrong so far.
    private(set) var findings: [AuditFinding] = []
    /// The commits, each with its last event.
    private(set) var commits: [ObjectID: Int64] = [:]
    /// The last event.
    private(set) var last: Int64 = 0
    /// How many events there are.
    private(set) var events = 0
    /// What the signatures of the commits are worth, in their order.
    private(set) var signatures: [SignatureVerdict.State] = []
    /// Who has made them, in the order of their first commits.
    private(set) var signers: [ChainReport.Signer] = []
    /// The digest of the last batch.
    private(set) var digest: SHA256Digest?
    /// The SHA-256 of the line of each event of the last batches, which a journal may have as well.
    private(set) var digests: [Int64: SHA256Digest] = [:]

    private var documents: [[UInt8]: StateDocument] = [:]
    private var states: [[UInt8]: TreeEntry] = [:]
    private var current: ObjectID?
    private var seen: SHA256Digest?
    /// When the last event of the commit was taken, in seconds; nil when it cannot be read.
    private var time: Int64?

    init(_ chain: EventChain, trust: BatchTrust) { (self.chain, self.trust) = (chain, trust) }

    /// Checks all commits; `sighting` is what this workspace has seen of the chain.
    mutating func run(_ sighting: ChainMemory.Sighting?) {
        for id in history() {
            current = id
            do throws(AmxError) {
                try check(id)
            } catch {
                report(.unreadable, "", error.message)
                break
            }
            commits[id] = last
            if id == sighting?.commit { seen = digest }
        }
        current = chain.head
        guard let sighting else { return }
        if commits[sighting.commit] == nil {
            report(
                .replaced, "",
                "it does not contain commit \(sighting.commit.abbreviated), which was seen here as its end")
        } else if seen != sighting.digest {
            report(.replaced, "", "commit \(sighting.commit.abbreviated) has another digest than when it was seen here")
        }
    }

    /// The commits from the first one to the head, along first parents.
    private mutating func history() -> [ObjectID] {
        var ids: [ObjectID] = []
        var next: ObjectID? = chain.head
        while let id = next {
            current = id
            do throws(AmxError) {
                let commit = try chain.repository.commit(id)
                ids.append(id)
                if commit.parents.count > 1 { report(.parent, "", "it has \(commit.parents.count) parents") }
                next = commit.parents.first
            } catch {
                report(.unreadable, "", error.message)
                return []
            }
        }
        return ids.reversed()
    }

    private mutating func report(_ kind: AuditFinding.Kind, _ place: String, _ problem: String) {
        findings.append(
            AuditFinding(kind: kind, replica: chain.replica, commit: current, place: place, problem: problem))
    }

    /// The records of a journal in whose places the chain has something else; of those before its last batches the first one.
    func differs(from records: [JournalRecord]) -> [JournalRecord] {
        var older: [JournalRecord] = []
        var found: [JournalRecord] = []
        for record in records where record.sequence <= last {
            if let known = digests[record.sequence] {
                if known != SHA256Hasher.hash(of: record.line) { found.append(record) }
            } else {
                older.append(record)
            }
        }
        // What cannot be read has been told.
        if let first = older.first, (try? chain.hasSame(older)) != true { found.insert(first, at: 0) }
        return found
    }

    // MARK: One commit

    private mutating func check(_ id: ObjectID) throws(AmxError) {
        let repository = chain.repository
        let commit = try repository.commit(id)
        var events: [UInt8] = []
        var after: [[UInt8]: TreeEntry] = [:]
        for (name, entry) in try entries(ofTree: commit.tree, below: "") {
            if name.elementsEqual(EventBatch.eventsFile.utf8), entry.mode == 0o100644 {
                events = try repository.read(entry.id, as: .blob)
            } else if name.elementsEqual(EventBatch.stateFolder.utf8), entry.isTree {
                after = try entries(ofTree: entry.id, below: "\(EventBatch.stateFolder)/")
            } else {
                report(.state, TreeRules.printable(name), "no event explains it")
            }
        }
        let first = last + 1
        let touched = checkEvents(events)
        try checkStates(after, touched: touched)
        var changed: [(name: [UInt8], sha256: SHA256Digest)] = []
        for (name, entry) in after where states[name] != entry && !entry.isTree {
            changed.append((name, SHA256Hasher.hash(of: try repository.read(entry.id, as: .blob))))
        }
        let batch = EventBatch(
            replica: chain.replica, first: first, last: last, events: events, states: changed, after: digest)
        check(commit.message, against: batch)
        try checkHeader(of: id, commit)
        try checkSignature(of: id)
        states = after
        digest = batch.digest
    }

    /// The entries of a tree by their names: of two with one name the first, as readers take it.
    private mutating func entries(ofTree id: ObjectID, below path: String) throws(AmxError) -> [[UInt8]: TreeEntry] {
        let list = try chain.repository.entries(ofTree: id)
        var found: [[UInt8]: TreeEntry] = [:]
        for entry in list {
            if found[entry.name] == nil {
                found[entry.name] = entry
            } else {
                report(.state, path + TreeRules.printable(entry.name), "it stands there twice")
            }
        }
        // Nothing in git's form has another order, or a mode with zeros before it.
        func place(_ entry: TreeEntry) -> [UInt8] { entry.name + (entry.isTree ? [0x2F] : []) }
        if zip(list, list.dropFirst()).contains(where: { place($1).lexicographicallyPrecedes(place($0)) }) {
            report(.state, path, "its entries are not in git's order")
        } else if try chain.repository.read(id, as: .tree) != TreeEntry.encode(list) {
            report(.state, path, "its entries are not in git's form")
        }
        return found
    }

    /// Compares the commit with the one that its content makes, but for its message and its signature.
    private mutating func checkHeader(of id: ObjectID, _ commit: Commit) throws(AmxError) {
        // That an event cannot be read was told.
        guard let time else { return }
        let wanted = EventBatch.commit(
            tree: commit.tree, after: commit.parents, at: time, message: commit.message)
        if commit.author != wanted.author || commit.committer != wanted.committer {
            report(.header, "", "its author or committer is not that of a batch, at the time of its last event")
        } else if !EventBatch.isSame(try chain.repository.read(id, as: .commit), as: wanted) {
            report(.header, "", "it has more in it than a batch's commit")
        }
    }

    private mutating func checkSignature(of id: ObjectID) throws(AmxError) {
        let verdict = try trust.judge(id, in: chain.repository)
        signatures.append(verdict.state)
        note(verdict)
        switch verdict.state {
        case .good: break
        case .bad: report(.signature, "", verdict.problem ?? "its signature is bad")
        case .none: if trust.requiresSignatures { report(.unsigned, "", "it is not signed") }
        case .untrusted, .unsupported:
            if trust.requiresSignatures { report(.untrusted, "", verdict.problem ?? "its signer is not trusted") }
        }
    }

    private mutating func note(_ verdict: SignatureVerdict) {
        guard verdict.state != .none else { return }
        let signer = ChainReport.Signer(
            state: verdict.state, name: verdict.signer, key: verdict.key?.fingerprint)
        let known = signers.firstIndex { ($0.state, $0.name, $0.key) == (signer.state, signer.name, signer.key) }
        if let known { signers[known].commits += 1 } else { signers.append(signer) }
    }

    private mutating func check(_ message: String, against batch: EventBatch) {
        guard !message.utf8.elementsEqual(batch.message.utf8) else { return }
        guard let said = EventBatch(message: message) else {
            return report(.digest, "", "its message has not the trailers of a batch")
        }
        if said.digest != batch.digest {
            report(
                .digest, "",
                "Events-Digest is sha256:\(said.digest.hex), and the content gives sha256:\(batch.digest.hex)")
        } else if said.first != batch.first || said.last != batch.last || said.replica != batch.replica {
            report(
                .digest, "",
                "its message names events \(said.first) to \(said.last), and it has \(batch.first) to \(batch.last)")
        } else {
            report(.digest, "", "its message is not that of its content")
        }
    }

    /// Checks the batch's lines, takes them into the documents, and gives the names of the states that they change.
    private mutating func checkEvents(_ bytes: [UInt8]) -> Set<[UInt8]> {
        var touched: Set<[UInt8]> = []
        time = nil
        if bytes.isEmpty { report(.event, EventBatch.eventsFile, "it has no events") }
        if !bytes.isEmpty, bytes.last != 0x0A {
            report(.event, EventBatch.eventsFile, "its last line has no line break")
        }
        digests = digests.filter { $0.key > last - Int64(EventStore.foldLimits.events) }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        events += lines.count
        for line in lines {
            let event: Event
            do throws(EventDefect) {
                event = try Event(line: line, of: chain.replica)
            } catch {
                report(.event, "event \(last + 1)", error.description)
                last += 1
                time = nil
                continue
            }
            if event.sequence > last + 1 {
                report(.gap, "event \(event.sequence)", "events \(last + 1) to \(event.sequence - 1) are missing")
            } else if event.sequence <= last {
                report(.order, "event \(event.sequence)", "it comes after event \(last)")
            }
            if event.sequence > last { time = event.time.seconds }
            last = max(last, event.sequence)
            digests[event.sequence] = SHA256Hasher.hash(of: Array(line))
            let name = Array(StateDocument.fileName(event.stream.capsule).utf8)
            documents[name, default: StateDocument()].apply(event)
            touched.insert(name)
        }
        return touched
    }

    /// Compares the states that the batch changes with what folding gives, and the others with those before.
    private mutating func checkStates(_ after: [[UInt8]: TreeEntry], touched: Set<[UInt8]>) throws(AmxError) {
        let names = Set(after.keys).union(states.keys).union(touched)
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let place = "\(EventBatch.stateFolder)/\(TreeRules.printable(name))"
            guard let entry = after[name] else {
                // Told once.
                if touched.contains(name) || states[name] != nil { report(.state, place, "it is missing") }
                continue
            }
            guard touched.contains(name) else {
                if states[name] != entry { report(.state, place, "no event of the batch explains its change") }
                continue
            }
            guard entry.mode == 0o100644 else {
                report(.state, place, "it is not a regular file")
                continue
            }
            if try chain.repository.read(entry.id, as: .blob) != documents[name]?.encoded {
                report(.state, place, "it is not what the events give")
            }
        }
    }
}
