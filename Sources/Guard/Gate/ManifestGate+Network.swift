import Capsules

extension ManifestGate {
    package func checkHTTP(_ url: String) throws(AccessDenial) -> HTTPTarget {
        let target = try target(url)
        let what = "network access to '\(Excerpt.of(url))'"
        try checkNetwork(.http, what)
        try require(.http, what, "net", entry: "\(target.host)") { capabilities in
            capabilities.net.contains { target.host.matches(entry: $0) }
        }
        return target
    }

    package func checkConnect(_ text: String) throws(AccessDenial) -> ConnectTarget {
        let target = try connectTarget(text)
        try checkNetwork(.netConnect, "a connection to \"\(target)\"")
        for one in declared {
            let isListed = one.capabilities.netConnect.contains { entry in
                (try? NetworkHost(entry.host)) == target.host && (entry.port ?? target.port) == target.port
            }
            guard isListed else {
                throw denial(
                    .netConnect, "\"\(target)\" not in net_connect allowlist", rule: "\(one.place).netConnect",
                    remedy: "add \"\(target)\" to \(one.place).netConnect in manifest.json")
            }
        }
        return target
    }

    package func checkBind(_ address: String?) throws(AccessDenial) {
        let what = address.map { "listening on '\(Excerpt.of($0))'" } ?? "listening"
        try checkNetwork(.netBind, what)
        try require(.netBind, what, "netBind", entry: address.map { Excerpt.of($0) } ?? "…") { capabilities in
            capabilities.netBind.contains { entry in
                !entry.isEmpty && (address.map { $0.utf8.elementsEqual(entry.utf8) } ?? true)
            }
        }
    }

    /// Denies where the manifest has no network at all, whatever it lists (row U-004).
    private func checkNetwork(_ check: GateCheck, _ what: String) throws(AccessDenial) {
        guard !allowsNetwork else { return }
        throw denial(
            check, "\(what) while the manifest has no network", rule: "sandbox.networkAccess",
            remedy: "set sandbox.networkAccess to true in manifest.json, or leave it out")
    }
}
