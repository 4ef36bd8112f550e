import Objects

/// Protocol v2's question for refs.
///
/// Source: gitprotocol-v2(5), `ls-refs`.
package struct LsRefsRequest: Sendable, Hashable {
    /// Tell what annotated tags point at.
    package var peel = false
    /// Tell what symbolic refs stand for.
    package var symrefs = false
    /// Tell `HEAD`'s branch although it has no commit; only together with `symrefs`.
    package var unborn = false
    /// Only refs whose names begin so; all without any. A hint: an answer may hold more.
    package var prefixes: [String] = []
    /// What the client says about itself beside the question: agent, object format, server options.
    package var capabilities = CapabilityList()

    /// Makes a question for all refs without particulars.
    package init(peel: Bool = false, symrefs: Bool = false, unborn: Bool = false, prefixes: [String] = []) {
        self.peel = peel
        self.symrefs = symrefs
        self.unborn = unborn
        self.prefixes = prefixes
    }

    /// The body of the request.
    package func encoded() -> [UInt8] {
        var writer = PacketWriter()
        writer.line("command=ls-refs")
        for capability in capabilities.entries { writer.line(capability.text) }
        writer.delimiter()
        if peel { writer.line("peel") }
        if symrefs { writer.line("symrefs") }
        if unborn { writer.line("unborn") }
        for prefix in prefixes { writer.line("ref-prefix \(prefix)") }
        writer.flush()
        return writer.bytes
    }

    /// The body of the answer.
    package func answer(_ advertisement: RefAdvertisement) -> [UInt8] {
        let wanted = RefPrefixes(prefixes)
        var writer = PacketWriter()
        if unborn, symrefs, let target = advertisement.unbornHead, wanted.contains(AdvertisedRef.head) {
            writer.line("unborn \(AdvertisedRef.head) symref-target:\(target)")
        }
        for ref in advertisement.refs where wanted.contains(ref.name) {
            var line = "\(ref.id.hex) \(ref.name)"
            if symrefs, let target = ref.symrefTarget { line += " symref-target:\(target)" }
            if peel, let peeled = ref.peeled { line += " peeled:\(peeled.hex)" }
            writer.line(line)
        }
        writer.flush()
        return writer.bytes
    }

    /// Reads one argument of a request; false when it is none of `ls-refs`.
    mutating func accept(_ line: ByteSlice, limits: WireLimits) throws -> Bool {
        if line.isText("peel") {
            peel = true
        } else if line.isText("symrefs") {
            symrefs = true
        } else if line.isText("unborn") {
            unborn = true
        } else if let prefix = line.removing(prefix: "ref-prefix ") {
            // A prefix that no well-formed name can have is kept in repaired form and fits nothing. One more than the
            // bound marks that there were too many.
            if prefixes.count <= limits.prefixes { prefixes.append(String(decoding: prefix, as: UTF8.self)) }
        } else {
            return false
        }
        return true
    }

    /// Drops the prefixes when there were more than the bound, as git does: the answer may hold more than asked.
    mutating func finish(limits: WireLimits) {
        if prefixes.count > limits.prefixes { prefixes = [] }
    }
}
