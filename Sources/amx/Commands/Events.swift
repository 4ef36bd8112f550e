import ArgumentParser
import Capsules
import Glibc
import Objects
import Workspaces

/// `amx events`.
struct Events: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened to the capsules of this workspace.",
        discussion: """
            Events of all copies of the workspace that are here come in their order, the oldest first. People in them are pseudonyms; \
            those of this copy are shown by name. --follow shows what happens from now on, or since --since, until it is \
            interrupted.

            --state shows what they have led to, over all copies; with --strict as the specification of events has it, where versions of \
            installations, going back and removals that can be taken back change nothing. With --record it is a record of each \
            installation: since when, how often and when used last, what went wrong since something last went well.

            Two copies of a workspace may come to share an id, when a directory was copied or an old one was put back: then push or pull \
            refuses the chain of events that is not what it knows. --set-aside keeps the chain that is here under another name, where its \
            events still are shown, and lets the other one come. A copy whose own chain that was goes on under a new id.

            Example:
              amx events customer-service --since 2026-11-01
              amx events --type installed --type removed --json
              amx events --follow
              amx events --state customer-service
            """)

    @Argument(help: ArgumentHelp("Events of this capsule only.", valueName: "id")) var id: String?
    @Option(
        name: .customLong("type"), help: ArgumentHelp("Events of this type only; may be repeated.", valueName: "type"))
    var types: [String] = []
    @Option(
        help: ArgumentHelp(
            "Not before this time (2026-11-21T09:12:00Z, 2026-11-21) or age (30m, 12h, 7d).", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("Events of this organisation only.", valueName: "name")) var organization: String?
    @Flag(help: "Go on with what happens next.") var follow = false
    @Flag(help: "Show what the events have led to, in place of them.") var state = false
    @Flag(help: "With --state: as the specification has it.") var strict = false
    @Flag(help: "With --state: as a record of the installation, with uses and errors counted.") var record = false
    @Flag(help: "Write the journal's events into the chain now, and show none.") var fold = false
    @Option(
        help: ArgumentHelp(
            "Forget who stands behind the pseudonyms of this user, address, program or session.", valueName: "value"))
    var forget: String?
    @Option(
        help: ArgumentHelp(
            "Put the chain of this replica aside, which is not the one that others have of it.", valueName: "replica"))
    var setAside: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        let asksForSome = !types.isEmpty || since != nil || follow
        let asks = asksForSome || id != nil || organization != nil || state || strict || record
        guard [asks, fold, forget != nil, setAside != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("--fold, --forget and --set-aside stand alone")
        }
        if state, asksForSome {
            throw ValidationError("--state takes an id and --organization: states come from all events")
        }
        if strict || record, !state { throw ValidationError("--strict and --record go with --state") }
        if strict, record { throw ValidationError("Only one of --strict and --record can be given") }
    }

    func run(_ output: Output) throws {
        let workspace = try Place(settling: false).workspace
        if fold { return try foldNow(workspace, output) }
        if let forget { return try self.forget(forget, workspace, output) }
        if let setAside { return try putAside(setAside, workspace, output) }
        let query = try query()
        // What there is can be read all the same.
        if let loss = try workspace.eventLoss() {
            let error = loss.error(in: workspace)
            try output.warn("events may be missing: \(error.message)\(error.hint.map { ": \($0)" } ?? "")")
        }
        if record { return try showRecords(query, workspace, output) }
        if state { return try showStates(query, workspace, output) }
        if follow { return try self.follow(query, workspace, output) }
        var reader = EventReader(workspace)
        output.page()
        var events: [Event] = []
        try reader.read(query) { events.append($0) }
        let names = try PersonalData(workspace).values()
        try output.show(json: ["events": .array(events.map { .object($0.object) })]) { style in
            events.map { Self.line($0, names, style) }.joined(separator: "\n")
        }
    }

    /// Shows events as they come until a signal; what was begun is written whole.
    private func follow(_ query: EventQuery, _ workspace: Workspace, _ output: Output) throws {
        Interruption.catchSignals()
        var reader = EventReader(workspace)
        if since == nil { try reader.skip() }
        while true {
            var events: [Event] = []
            try reader.read(query) { events.append($0) }
            let names = events.isEmpty ? [:] : try PersonalData(workspace).values()
            for event in events {
                try output.show(json: .object(event.object)) { style in Self.line(event, names, style) }
            }
            try output.flush()
            // The way to end it is no error.
            guard !Interruption.hasHappened else { throw ExitCode(AmxError.Code.interrupted.exitStatus) }
            usleep(200_000)
        }
    }

    private func showStates(_ query: EventQuery, _ workspace: Workspace, _ output: Output) throws {
        let reader = StateReader(workspace, as: strict ? .strict : .full)
        let states = try reader.states(of: query.capsule, organization: query.organization)
        if let id, states.isEmpty { throw unknown(id) }
        output.page()
        let json = states.map { state -> JSONValue in
            [
                "capsuleId": .string(state.stream.capsule.string),
                "organizationId": .string(state.stream.organization), "lastEvent": .string(state.lastEvent),
                "state": .object(state.state),
            ]
        }
        try output.show(json: ["states": .array(json)]) { style in
            var table = Table()
            for state in states {
                table.add(
                    style.bold(state.stream.capsule.string), Style.visible(state.stream.organization),
                    Style.visible(JSONWriter.text(.object(state.state), .canonical)))
            }
            return table.text()
        }
    }

    private func showRecords(_ query: EventQuery, _ workspace: Workspace, _ output: Output) throws {
        let records = try InstallationRecord.all(
            in: workspace, of: query.capsule, organization: query.organization)
        if let id, records.isEmpty { throw unknown(id) }
        output.page()
        let json = records.map { item -> JSONValue in
            var object = item.record.json
            object["capsuleId"] = .string(item.stream.capsule.string)
            object["organizationId"] = .string(item.stream.organization)
            return .object(object)
        }
        try output.show(json: ["installations": .array(json)]) { style in
            var table = Table()
            for (stream, record) in records {
                table.add(
                    style.bold(stream.capsule.string), Style.visible(stream.organization), record.status,
                    Style.visible(record.version?.string ?? "-"),
                    "used \(record.accessCount) \(record.accessCount == 1 ? "time" : "times")",
                    record.errorMessage.map { style.red(Style.visible($0)) } ?? "")
            }
            return table.text()
        }
    }

    private func unknown(_ id: String) -> AmxError {
        AmxError(
            .notFound, "there are no events of \(id)\(organization.map { " in \($0)" } ?? "")",
            hint: "`amx events --state` shows the state of everything that has some")
    }

    private func foldNow(_ workspace: Workspace, _ output: Output) throws {
        let commit = try workspace.foldEvents()
        try output.confirm(json: ["commit": .optional(commit?.hex)]) { _ in
            commit.map { "Wrote the journal's events into the chain: \($0.abbreviated)" } ?? "Nothing to write"
        }
    }

    private func forget(_ value: String, _ workspace: Workspace, _ output: Output) throws {
        let count = try PersonalData(workspace).forget(value)
        guard count > 0 else {
            throw AmxError(
                .notFound, "there is nothing to forget: no pseudonym of this copy stands for that value",
                hint: "give the value exactly as it was; pseudonyms of other copies are forgotten there")
        }
        try output.confirm(json: ["forgotten": .integer(Int64(count))]) { _ in
            "Forgot \(count) \(count == 1 ? "pseudonym" : "pseudonyms")"
        }
    }

    private func putAside(_ name: String, _ workspace: Workspace, _ output: Output) throws {
        guard let replica = ReplicaID(name) else {
            throw AmxError(
                .usage, "'\(name)' is not a replica's id",
                hint:
                    "it has \(ReplicaID.digits) hexadecimal digits in lower case, as `amx push` and `amx pull` show it")
        }
        let before = try workspace.replica()
        let commit = try EventStore(workspace).setAside(replica)
        let own = try workspace.replica()
        try output.confirm(
            json: [
                "setAside": .string(replica.string), "commit": .optional(commit?.hex),
                "replica": .optional(own?.string),
            ]
        ) { _ in
            let done = commit.map { "Put the chain \(replica.string) aside, at \($0.abbreviated)" }
            let next = own == before ? nil : own.map { "This copy goes on as \($0.string)" }
            return [done, next].compactMap { $0 }.joined(separator: "\n")
        }
    }

    private func query() throws(AmxError) -> EventQuery {
        var query = EventQuery()
        if let id { query.capsule = try CapsuleID(id) }
        query.organization = organization
        if !types.isEmpty {
            var wanted: Set<EventType> = []
            for name in types {
                guard let type = EventType(name) else {
                    throw AmxError(.usage, "'\(name)' is not a type of events", hint: Self.knownTypes)
                }
                wanted.insert(type)
            }
            query.types = wanted
        }
        if let since {
            guard let time = EventTime(since) ?? Self.time(before: .now(), since) else {
                throw AmxError(
                    .usage, "'\(since)' is neither a time nor an age",
                    hint: "write 2026-11-21T09:12:00Z, 2026-11-21, 30m, 12h or 7d")
            }
            query.since = time
        }
        return query
    }

    private static var knownTypes: String {
        "Amx writes " + EventType.known.map(\.name).joined(separator: ", ")
    }

    /// The moment that a number of seconds, minutes, hours or days before another one is.
    static func time(before now: EventTime, _ text: String) -> EventTime? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard let unit = text.last.flatMap({ units[$0] }),
            text.utf8.dropLast().allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(text.dropLast())
        else { return nil }
        let (age, isTooLong) = count.multipliedReportingOverflow(by: unit * 1_000_000)
        let (moment, isTooEarly) = now.microseconds.subtractingReportingOverflow(age)
        // Longer ago than any event can be.
        return EventTime(microseconds: isTooLong || isTooEarly ? .min : moment)
    }

    /// An event, for people: its id shortened, when, what, to which capsule, by whom, and what else it says.
    private static func line(_ event: Event, _ names: [String: String], _ style: Style) -> String {
        let id = "\(event.replica.string.prefix(8))-\(event.sequence)"
        let user = event.personal[.userID].map { names[$0] ?? $0 }
        let payload = event.payload.isEmpty ? "" : "  " + JSONWriter.text(.object(event.payload), .canonical)
        let what = [
            style.yellow(id), "\(event.time.text.prefix(19))Z", event.type.name, event.stream.capsule.string,
            Style.visible(event.stream.organization),
        ]
        return what.joined(separator: "  ") + (user.map { "  " + Style.visible($0) } ?? "") + Style.visible(payload)
    }
}
