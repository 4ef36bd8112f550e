import Objects

/// A change of a working form from one commit to another, written down before it starts.
///
/// The form, `HEAD` and the references cannot change in one step. With this note, a process that comes after one that was
/// killed in between brings the change to its end.
struct Transition: Sendable, Hashable {
    /// The commit that the form was made from; nil when there was no form.
    var from: ObjectID?
    /// The commit that it becomes.
    var to: ObjectID
    /// The branch that is current afterwards.
    var branch: RefName
    /// Whether the branch moves to the commit too, and from which one.
    var advances: RefUpdate.Expectation?
    /// The commit that the form counts as made from afterwards, where that is not the one that it becomes: the form then holds
    /// uncommitted changes.
    var base: ObjectID?
    /// The stash that is made of `from` before the form changes.
    var keeps: RefName?
    /// The stash that is removed once the form has changed.
    var drops: RefName?
    /// A reference that keeps what the branch leaves behind reachable, and its object.
    var saves: SavedRef?

    /// A reference and what it is to name.
    struct SavedRef: Sendable, Hashable {
        let name: RefName
        let id: ObjectID
    }

    private static let firstLine = "amx transition 1"

    /// The note's bytes.
    var encoded: [UInt8] {
        var lines = [Self.firstLine, "from \(from ?? .zero)", "to \(to)", "branch \(branch.string)"]
        switch advances {
        case .id(let id): lines.append("advances \(id)")
        case .missing: lines.append("advances \(ObjectID.zero)")
        case .any, nil: break
        }
        if let base { lines.append("base \(base)") }
        if let keeps { lines.append("keeps \(keeps.string)") }
        if let drops { lines.append("drops \(drops.string)") }
        if let saves { lines.append("saves \(saves.id) \(saves.name.string)") }
        return Array(lines.joined(separator: "\n").utf8) + [0x0A]
    }

    /// Makes a note.
    init(
        from: ObjectID?, to: ObjectID, branch: RefName, advances: RefUpdate.Expectation?, base: ObjectID? = nil,
        keeps: RefName? = nil, drops: RefName? = nil, saves: SavedRef? = nil
    ) {
        self.from = from
        self.to = to
        self.branch = branch
        self.advances = advances
        (self.base, self.keeps, self.drops, self.saves) = (base, keeps, drops, saves)
    }

    /// Reads a note; nil for anything else.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.first == Self.firstLine[...] else { return nil }
        var values: [Substring: Substring] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            values[parts[0]] = parts[1]
        }
        guard let from = values["from"].flatMap({ ObjectID(hex: $0) }),
            let to = values["to"].flatMap({ ObjectID(hex: $0) }),
            let branch = values["branch"].flatMap({ RefName(String($0)) })
        else { return nil }
        self.from = from.isZero ? nil : from
        self.to = to
        self.branch = branch
        base = values["base"].flatMap { ObjectID(hex: $0) }
        keeps = values["keeps"].flatMap { RefName(String($0)) }
        drops = values["drops"].flatMap { RefName(String($0)) }
        if let parts = values["saves"]?.split(separator: " ", maxSplits: 1) {
            guard parts.count == 2, let id = ObjectID(hex: parts[0]), let name = RefName(String(parts[1])) else {
                return nil
            }
            saves = SavedRef(name: name, id: id)
        }
        guard let advances = values["advances"] else { return }
        guard let id = ObjectID(hex: advances) else { return nil }
        self.advances = id.isZero ? .missing : .id(id)
    }
}
