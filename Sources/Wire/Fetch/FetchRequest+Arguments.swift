import Objects

extension FetchRequest {
    /// Reads lines that both protocol versions have: wants, haves, the shallow boundary, deepening, a filter.
    struct Arguments {
        let features: UploadPackFeatures
        let limits: WireLimits
        private(set) var wants: [ObjectID] = []
        private(set) var haves: [ObjectID] = []
        private(set) var shallow: [ObjectID] = []
        private(set) var filter = ObjectFilter.none
        private var depth: Int?
        private var since: Int?
        private var excluded: [String] = []

        init(features: UploadPackFeatures, limits: WireLimits) {
            self.features = features
            self.limits = limits
        }

        mutating func want(_ id: ByteSlice) throws {
            try Self.append(id, to: &wants, limit: limits.wants, "want")
        }

        mutating func have(_ id: ByteSlice) throws {
            try Self.append(id, to: &haves, limit: limits.haves, "have")
        }

        /// Reads a line about history or filters; false when it is none.
        mutating func accept(_ line: ByteSlice) throws -> Bool {
            if let id = line.removing(prefix: "shallow ") {
                try requireShallow()
                try Self.append(id, to: &shallow, limit: limits.shallows, "shallow")
            } else if let number = line.removing(prefix: "deepen ") {
                try requireShallow()
                guard let value = number.decimal, (1...Deepening.infiniteDepth).contains(value) else {
                    throw Self.invalid(line)
                }
                depth = value
            } else if let time = line.removing(prefix: "deepen-since ") {
                try requireShallow()
                guard let value = time.decimal else { throw Self.invalid(line) }
                since = value
            } else if let name = line.removing(prefix: "deepen-not ") {
                try requireShallow()
                guard let text = name.plainText, !text.isEmpty else { throw Self.invalid(line) }
                guard excluded.count < limits.options else {
                    throw Self.tooMany("deepen-not", limit: limits.options)
                }
                excluded.append(text)
            } else if let specification = line.removing(prefix: "filter ") {
                guard features.filter else {
                    throw AmxError(
                        .failure, "filtering objects: this server does not serve partial clones",
                        hint: "clone without --filter")
                }
                guard filter == .none else { throw Peer.client.violation("it has two filters") }
                filter = try ObjectFilter(specification: specification)
            } else {
                return false
            }
            return true
        }

        /// Puts what was read into a request.
        func apply(to request: inout FetchRequest, deepenRelative: Bool) throws {
            request.wants = wants
            request.haves = haves
            request.shallow = shallow
            request.filter = filter
            let hasRevisions = since != nil || !excluded.isEmpty
            if let depth {
                guard !hasRevisions else {
                    throw Peer.client.violation("deepen and deepen-since (or deepen-not) cannot be used together")
                }
                request.deepening = .depth(depth, relative: deepenRelative)
            } else if hasRevisions {
                request.deepening = .revisions(since: since, excluding: excluded)
            }
        }

        private func requireShallow() throws {
            guard features.shallow else {
                throw AmxError(
                    .failure, "limiting the history: this server does not serve shallow clones",
                    hint: "clone without --depth, or run 'git fetch --unshallow' against the repository's origin")
            }
        }

        static func invalid(_ line: ByteSlice) -> AmxError {
            Peer.client.violation("'\(RemoteText.oneLine(RemoteText.clean(line.prefix(200))))' is not expected here")
        }

        static func tooMany(_ what: String, limit: Int) -> AmxError {
            Peer.client.violation("more than \(limit) '\(what)' lines")
        }

        private static func append(_ hex: ByteSlice, to ids: inout [ObjectID], limit: Int, _ what: String) throws {
            guard let id = ObjectID(hex: hex) else {
                throw Peer.client.violation(
                    "'\(RemoteText.oneLine(RemoteText.clean(hex.prefix(80))))' behind '\(what)' is not an object id")
            }
            guard ids.count < limit else { throw tooMany(what, limit: limit) }
            ids.append(id)
        }
    }
}
