import Objects

extension FetchRequest {
    /// The body of the request; empty when a v0 request wants nothing, which cannot be said.
    package func encoded() -> [UInt8] {
        switch dialect {
        case .v2: encodedV2
        case .v0(let acknowledging, let noDone, let framing): encodedV0(acknowledging, noDone: noDone, framing)
        }
    }

    private var encodedV2: [UInt8] {
        var writer = PacketWriter()
        writer.line("command=fetch")
        for capability in capabilities.entries { writer.line(capability.text) }
        writer.delimiter()
        if thinPack { writer.line("thin-pack") }
        if noProgress { writer.line("no-progress") }
        if includeTag { writer.line("include-tag") }
        if ofsDelta { writer.line("ofs-delta") }
        if waitForDone { writer.line("wait-for-done") }
        if let resume { writer.line("\(ResumeMarker.name) \(resume.text)") }
        writeHistory(to: &writer)
        if case .depth(_, relative: true) = deepening { writer.line("deepen-relative") }
        for id in wants { writer.line("want \(id.hex)") }
        for id in haves { writer.line("have \(id.hex)") }
        if end == .done { writer.line("done") }
        writer.flush()
        return writer.bytes
    }

    private func encodedV0(_ acknowledging: Acknowledging, noDone: Bool, _ framing: PackFraming) -> [UInt8] {
        guard !wants.isEmpty else { return [] }
        var writer = PacketWriter()
        var suffix = " \(choices(acknowledging, noDone: noDone, framing).spaceSeparated)"
        for id in wants {
            writer.line("want \(id.hex)\(suffix)")
            suffix = ""
        }
        writeHistory(to: &writer)
        writer.flush()
        for id in haves { writer.line("have \(id.hex)") }
        switch end {
        case .done: writer.line("done")
        case .flush: writer.flush()
        case .absent: break
        }
        return writer.bytes
    }

    private func writeHistory(to writer: inout PacketWriter) {
        for id in shallow { writer.line("shallow \(id.hex)") }
        switch deepening {
        case .depth(let depth, _): writer.line("deepen \(depth)")
        case .revisions(let since, let excluded):
            if let since { writer.line("deepen-since \(since)") }
            for name in excluded { writer.line("deepen-not \(name)") }
        case nil: break
        }
        if let specification = filter.specification { writer.line("filter \(specification)") }
    }

    private func choices(_ acknowledging: Acknowledging, noDone: Bool, _ framing: PackFraming) -> CapabilityList {
        var list = CapabilityList()
        switch acknowledging {
        case .detailed: list.append("multi_ack_detailed")
        case .multiple: list.append("multi_ack")
        case .first: break
        }
        if noDone { list.append("no-done") }
        switch framing {
        case .sideBand64k: list.append("side-band-64k")
        case .sideBand: list.append("side-band")
        case .raw: break
        }
        if thinPack { list.append("thin-pack") }
        if noProgress { list.append("no-progress") }
        if includeTag { list.append("include-tag") }
        if ofsDelta { list.append("ofs-delta") }
        switch deepening {
        case .depth(_, relative: true): list.append("deepen-relative")
        case .revisions(let since, let excluded):
            if since != nil { list.append("deepen-since") }
            if !excluded.isEmpty { list.append("deepen-not") }
        case .depth, nil: break
        }
        if filter != .none { list.append("filter") }
        list.append(contentsOf: capabilities)
        return list
    }
}
