/// What a server of fetches offers; what it does not offer it refuses when asked.
package struct UploadPackFeatures: Sendable, Hashable {
    /// The server's name and version.
    package var agent: String
    /// Serve shallow clones.
    package var shallow: Bool
    /// Serve partial clones.
    package var filter: Bool
    /// Let v0 and v1 clients want any object reachable from a ref, not only what refs point at. v2 clients always may.
    package var reachableWants: Bool
    /// Go on with packs that broke off (v2 only).
    package var resume: Bool
    /// Identifies this process's answers in logs.
    package var sessionID: String?

    /// Makes a set of features.
    package init(
        agent: String, shallow: Bool = true, filter: Bool = true, reachableWants: Bool = true, resume: Bool = false,
        sessionID: String? = nil
    ) {
        self.agent = agent
        self.shallow = shallow
        self.filter = filter
        self.reachableWants = reachableWants
        self.resume = resume
        self.sessionID = sessionID
    }

    /// The answer to `GET info/refs?service=git-upload-pack`. v2 lists no refs: the client asks for them by `ls-refs`.
    package func advertisement(_ refs: RefAdvertisement, version: ProtocolVersion) -> [UInt8] {
        guard version != .v2 else { return advertisementV2 }
        return RefListing.encode(refs, service: .uploadPack, version: version, capabilities: capabilitiesV0(refs))
    }

    /// The same for v2, for which no refs need be read.
    package var advertisementV2: [UInt8] {
        var writer = PacketWriter()
        writer.line("version 2")
        writer.line("agent=\(agent)")
        writer.line("ls-refs=unborn")
        writer.line(
            "fetch="
                + ((shallow ? ["shallow"] : []) + ["wait-for-done"] + (filter ? ["filter"] : [])
                + (resume ? [ResumeMarker.name] : []))
                .joined(separator: " "))
        writer.line("server-option")
        writer.line("object-format=sha1")
        if let sessionID { writer.line("session-id=\(sessionID)") }
        writer.flush()
        return writer.bytes
    }

    private func capabilitiesV0(_ refs: RefAdvertisement) -> CapabilityList {
        var list = CapabilityList()
        for name in ["multi_ack", "thin-pack", "side-band", "side-band-64k", "ofs-delta"] { list.append(name) }
        if shallow {
            for name in ["shallow", "deepen-since", "deepen-not", "deepen-relative"] { list.append(name) }
        }
        for name in ["no-progress", "include-tag", "multi_ack_detailed"] { list.append(name) }
        if reachableWants {
            for name in ["allow-tip-sha1-in-want", "allow-reachable-sha1-in-want"] { list.append(name) }
        }
        list.append("no-done")
        if let head = refs.refs.first, head.name == AdvertisedRef.head, let target = head.symrefTarget {
            list.append("symref", "\(AdvertisedRef.head):\(target)")
        }
        if filter { list.append("filter") }
        list.append("object-format", "sha1")
        list.append("agent", agent)
        if let sessionID { list.append("session-id", sessionID) }
        return list
    }
}
