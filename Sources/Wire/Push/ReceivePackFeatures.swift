import Objects

/// What a server of pushes offers.
package struct ReceivePackFeatures: Sendable, Hashable {
    /// The server's name and version.
    package var agent: String
    /// Identifies this process's answers in logs.
    package var sessionID: String?
    /// Keep the packs of pushes that break off, and go on with them.
    package var resume: Bool

    /// Makes a set of features.
    package init(agent: String, resume: Bool = false, sessionID: String? = nil) {
        self.resume = resume
        self.agent = agent
        self.sessionID = sessionID
    }

    /// What a client may choose from.
    package var capabilities: CapabilityList { capabilities(kept: nil) }

    private func capabilities(kept: KeptPush?) -> CapabilityList {
        var list = CapabilityList()
        for name in [
            "report-status", "report-status-v2", "delete-refs", "side-band-64k", "quiet", "atomic", "ofs-delta",
            "push-options",
        ] { list.append(name) }
        if resume { list.append(ResumeMarker.name, kept?.text) }
        list.append("object-format", "sha1")
        list.append("agent", agent)
        if let sessionID { list.append("session-id", sessionID) }
        return list
    }

    /// The answer to `GET info/refs?service=git-receive-pack`.
    ///
    /// `kept` is what this client may go on with. A push has no protocol v2, so a client that asked for it gets v0. `HEAD` and what tags point at are not told.
    package func advertisement(_ refs: RefAdvertisement, version: ProtocolVersion, kept: KeptPush? = nil) -> [UInt8] {
        let plain = refs.refs.filter { $0.name != AdvertisedRef.head }.map { AdvertisedRef(name: $0.name, id: $0.id) }
        return RefListing.encode(
            RefAdvertisement(plain), service: .receivePack, version: version == .v1 ? .v1 : .v0,
            capabilities: capabilities(kept: kept))
    }
}
