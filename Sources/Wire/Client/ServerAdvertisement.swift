package import Objects

/// What a client learns from `GET info/refs`: the version that the server chose, what it offers, and in v0 and v1 its refs.
package struct ServerAdvertisement: Sendable, Hashable {
    /// The version that the server answers in.
    package var version: ProtocolVersion
    /// What the server offers.
    package var capabilities: CapabilityList
    /// The server's refs; empty in v2, which tells them only when asked (`lsRefs`).
    package var refs: RefAdvertisement
    /// The boundary commits of a server that is itself a shallow clone.
    package var shallow: [ObjectID]

    /// Makes an advertisement.
    package init(
        version: ProtocolVersion, capabilities: CapabilityList, refs: RefAdvertisement = RefAdvertisement(),
        shallow: [ObjectID] = []
    ) {
        self.version = version
        self.capabilities = capabilities
        self.refs = refs
        self.shallow = shallow
    }

    /// The v2 request for refs that this server understands, with symbolic refs, peeled tags and an unborn `HEAD`.
    package func lsRefs(prefixes: [String] = [], agent: String) -> LsRefsRequest {
        var request = LsRefsRequest(peel: true, symrefs: true, prefixes: prefixes)
        request.unborn = capabilities.features(of: "ls-refs").contains("unborn")
        request.capabilities = introduction(agent: agent)
        return request
    }

    /// What a client says about itself to this server.
    func introduction(agent: String) -> CapabilityList {
        var list = CapabilityList()
        if capabilities.contains("agent") { list.append("agent", agent) }
        if capabilities.contains("object-format") { list.append("object-format", "sha1") }
        return list
    }
}
