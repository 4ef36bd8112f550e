import Objects

extension FetchRequest {
    /// The part of a fetch's requests that is the same in every round, in the best form that the server offers.
    init(_ goal: FetchGoal, from server: ServerAdvertisement, agent: String) throws {
        let offered = server.capabilities
        let isV2 = server.version == .v2
        if isV2, !offered.contains("fetch") {
            throw AmxError(.network, "fetching: the server offers no 'fetch'")
        }
        let features = offered.features(of: "fetch")
        func offers(_ name: String) -> Bool { isV2 || offered.contains(name) }
        func offersHistory(_ name: String) -> Bool { isV2 ? features.contains("shallow") : offered.contains(name) }

        self.init(isV2 ? .v2 : .v0(bestOf: offered))
        if goal.filter != .none, !(isV2 ? features : Set(offered.entries.map(\.name))).contains("filter") {
            throw AmxError(.failure, "fetching: the server does not serve partial clones", hint: "leave the filter out")
        }
        let needed: [String] =
            switch goal.deepening {
            case .depth(_, let relative): relative ? ["shallow", "deepen-relative"] : ["shallow"]
            case .revisions(let since, let excluded):
                ["shallow"] + (since == nil ? [] : ["deepen-since"]) + (excluded.isEmpty ? [] : ["deepen-not"])
            case nil: goal.shallow.isEmpty ? [] : ["shallow"]
            }
        if let missing = needed.first(where: { !offersHistory($0) }) {
            throw AmxError(
                .failure, "fetching: the server does not serve shallow clones (it lacks '\(missing)')",
                hint: "fetch the whole history")
        }
        wants = goal.wants
        shallow = goal.shallow
        deepening = goal.deepening
        filter = goal.filter
        thinPack = goal.thinPack && offers("thin-pack")
        ofsDelta = offers("ofs-delta")
        noProgress = goal.noProgress && offers("no-progress")
        includeTag = goal.includeTag && offers("include-tag")
        capabilities = server.introduction(agent: agent)
    }
}

extension FetchRequest.Dialect {
    /// The best form of protocol v0 that a server offers.
    fileprivate static func v0(bestOf offered: CapabilityList) -> FetchRequest.Dialect {
        let acknowledging: FetchRequest.Acknowledging =
            if offered.contains("multi_ack_detailed") {
                .detailed
            } else if offered.contains("multi_ack") {
                .multiple
            } else {
                .first
            }
        let framing: PackFraming =
            if offered.contains("side-band-64k") {
                .sideBand64k
            } else if offered.contains("side-band") {
                .sideBand
            } else {
                .raw
            }
        return .v0(acknowledging, noDone: acknowledging == .detailed && offered.contains("no-done"), framing)
    }
}
