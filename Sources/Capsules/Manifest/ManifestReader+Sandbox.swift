extension ManifestReader {
    mutating func sandbox(_ node: Node?) -> SandboxSettings {
        var sandbox = SandboxSettings()
        guard let node else { return sandbox }
        let members = object(
            node,
            known: ["resourceLimits", "isolation", "networkAccess", "persistentStorage", "securityLevel"],
            like: "{\"isolation\": \"container\"}")
        if let level = members["securityLevel"] {
            // Ignored, it would leave a capsule on a lower level than its author believes.
            report(
                at: level.path, atKey: true, expected: "the level at the top of the manifest", found: "it here",
                advice: "move \"securityLevel\" out of 'sandbox'")
        }
        let limits = object(
            members["resourceLimits"], known: ["maxMemory", "maxCpu", "maxDuration", "maxNetworkCalls"],
            like: "{\"maxMemory\": 128, \"maxDuration\": 30000}")
        let memory = whole(limits["maxMemory"], in: 1...1_048_576, of: "MB", like: 128)
        sandbox.resourceLimits.maxMemory = memory.map { ByteSize(bytes: Int64($0) << 20) }
        sandbox.resourceLimits.maxCpu = cores(limits["maxCpu"])
        sandbox.resourceLimits.maxDuration = whole(
            limits["maxDuration"], in: 1...Self.longestTime, of: "milliseconds", like: 30_000)
        sandbox.resourceLimits.maxNetworkCalls = whole(
            limits["maxNetworkCalls"], in: 0...1_000_000_000, of: "calls", like: 10)
        sandbox.isolation = choice(members["isolation"])
        sandbox.networkAccess = members["networkAccess"].flatMap { flag($0) }
        sandbox.persistentStorage = members["persistentStorage"].flatMap { flag($0) }
        return sandbox
    }
}
