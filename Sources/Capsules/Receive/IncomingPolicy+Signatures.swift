package import Objects

extension IncomingPolicy {
    /// A release that was looked at, with its signature's verdict.
    package struct ReleaseSignature: Sendable {
        /// The release, such as `v1.0.0`.
        package let release: String
        /// The tagger's address.
        package let tagger: String
        /// The verdict.
        package let verdict: SignatureVerdict
    }

    /// Throws when a release's signature is bad, or is not what the policy requires; remembers the verdict.
    func checkSignature(of name: String, _ id: ObjectID) throws(AmxError) {
        let bytes = try incoming.reader.read(id, as: .tag)
        let verdict = try signatures.signers.judge(release: name, tag: bytes, id: id)
        let tagger = try Tag(parsing: bytes, id: id).tagger?.email ?? ""
        releases.append(ReleaseSignature(release: name, tagger: tagger, verdict: verdict))
        guard let ref = RefName(tag: name) else { return }
        try signatures.check(verdict, of: "release \(name)", as: ref)
    }

    /// Throws when a branch or event chain must be signed and a commit that it would gain is not.
    ///
    /// What it gains is what none of those that must be signed has yet: `known` are the references that are there.
    package func checkSignatures(
        of tip: ObjectID, as name: RefName, beyond known: [(name: RefName, id: ObjectID)]
    ) throws(AmxError) {
        guard signatures.requires(name) else { return }
        // A release's signature is not one of each commit below it.
        let signed = known.filter { ref in
            (ref.name.branch != nil || ReplicaID(chain: ref.name) != nil) && signatures.requires(ref.name)
        }.map(\.id)
        let walk = CommitWalk(incoming.reader)
        for node in try walk.missing(wants: [tip], haves: signed).found {
            let bytes = try incoming.reader.read(node.id, as: .commit)
            let verdict = try signatures.signers.judge(commit: bytes, id: node.id)
            do throws(AmxError) {
                try signatures.check(verdict, of: "commit \(node.id.abbreviated)", as: name)
            } catch {
                // Clocks that ran backwards put commits into the list that were there before.
                var wasThere = false
                for id in signed where !wasThere { wasThere = try walk.isAncestor(node.id, of: id) }
                if wasThere { continue }
                guard ReplicaID(chain: name) != nil, error.code == .denied else { throw error }
                throw AmxError(
                    error.code, error.message,
                    hint: "Amx signs no events: rules for refs/heads/* and refs/tags/* leave them out")
            }
        }
    }
}
