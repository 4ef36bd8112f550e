extension ManifestReader {
    mutating func resources(_ node: Node?) -> ResourceRequirements {
        var resources = ResourceRequirements()
        guard let node else { return resources }
        let parts = object(
            node, known: ["memory", "cpu", "storage", "network"], like: "{\"memory\": {\"max\": \"128MB\"}}")

        let memory = object(
            parts["memory"], known: ["min", "recommended", "max"], like: "{\"min\": \"64MB\", \"max\": \"128MB\"}")
        resources.memory.min = size(memory["min"])
        resources.memory.recommended = size(memory["recommended"])
        resources.memory.max = size(memory["max"])
        ascending(
            [
                ("min", resources.memory.min), ("recommended", resources.memory.recommended),
                ("max", resources.memory.max),
            ], of: memory)

        let cpu = object(parts["cpu"], known: ["min", "recommended"], like: "{\"min\": 0.5, \"recommended\": 1}")
        resources.cpu.min = cores(cpu["min"])
        resources.cpu.recommended = cores(cpu["recommended"])
        ascending([("min", resources.cpu.min), ("recommended", resources.cpu.recommended)], of: cpu)

        let storage = object(
            parts["storage"], known: ["persistent", "temporary"], like: "{\"persistent\": \"10MB\"}")
        resources.storage.persistent = size(storage["persistent"])
        resources.storage.temporary = size(storage["temporary"])

        let network = object(parts["network"], known: ["outbound", "inbound"], like: "{\"outbound\": []}")
        resources.network.outbound = texts(network["outbound"])
        resources.network.inbound = texts(network["inbound"])
        return resources
    }

    mutating func size(_ node: Node?) -> ByteSize? {
        guard let node else { return nil }
        if case .string(let text) = node.value, let size = ByteSize(text) { return size }
        report(
            node, expected: "a size such as \"128MB\"",
            advice: "write a number and one of B, KB, MB, GB, TB in double quotes")
        return nil
    }

    mutating func cores(_ node: Node?) -> Double? {
        guard let node else { return nil }
        if let number = node.value.number, number > 0 { return number }
        report(node, expected: "a number of cores over 0", advice: "write it as 0.5 or 2, without quotes")
        return nil
    }

    /// Reports each value that is lower than one before it.
    private mutating func ascending<Value: Comparable>(
        _ values: [(key: String, value: Value?)], of members: [String: Node]
    ) {
        var lower: (key: String, value: Value)?
        for (key, value) in values {
            guard let value else { continue }
            if let lower, value < lower.value, let node = members[key] {
                report(
                    node, expected: "at least '\(lower.key)', which is \(lower.value)",
                    advice: "let the values rise in the order " + values.map(\.key).joined(separator: ", "))
            }
            lower = (key, value)
        }
    }
}
