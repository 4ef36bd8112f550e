import Capsules
import Objects

extension CapsuleHost {
    /// The largest event's data, as JSON in bytes (row S-099).
    static let eventDataBytes = 5 << 20
    /// The data of all events of a run.
    static let eventTotalBytes = 16 << 20
    /// The most events of a run.
    static let eventCount = 1_000
    /// The longest line of the log, with its data as JSON, in bytes (row S-099).
    static let logLineBytes = 64 << 10
    /// The whole log of a run.
    static let logTotalBytes = 1 << 20

    mutating func emit(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        let topic = try parameters.text("topic", bytes: 1...TopicPattern.byteLimit)
        guard TopicPattern.isTopic(topic) else {
            throw .invalid(
                "events.emit: '\(TreeRules.printable(topic.utf8))' is no topic: write it as orders.v1.created, with at most "
                    + "\(TopicPattern.segmentLimit) segments of letters, digits, '_' and '-'")
        }
        let data = parameters.value("data") ?? .null
        try rules.require("topic '\(topic)'", member: "ipcPublish", entry: topic) { capabilities in
            capabilities.ipcPublish.contains { TopicPattern.matches(topic, entry: $0) }
        }
        try permissions.require("emit", on: .events, ["topic": .string(topic)])
        guard secrets.hiding(topic) == topic else {
            throw .invalid("events.emit: a secret is no part of a topic")
        }
        let bytes = JSONWriter.bytes(data).count
        guard bytes <= Self.eventDataBytes else {
            throw .tooMuch("events.emit: the data has \(bytes) bytes, and may have \(Self.eventDataBytes)")
        }
        guard events.count < Self.eventCount, eventBytes + bytes <= Self.eventTotalBytes else {
            throw .tooMuch(
                "events.emit: a run publishes at most \(Self.eventCount) events with \(Self.eventTotalBytes) bytes")
        }
        eventBytes += bytes
        events.append(EmittedEvent(topic: topic, data: secrets.hiding(data)))
        return .null
    }

    mutating func addToLog(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        guard let level = try parameters.choice("level", of: LogLine.Level.self) else {
            throw .invalid("log: the parameter 'level' is missing")
        }
        let message = try parameters.text("message", bytes: 0...Self.logLineBytes)
        let data = parameters.value("data")
        let bytes = message.utf8.count + (data.map { JSONWriter.bytes($0).count } ?? 0)
        guard bytes <= Self.logLineBytes else {
            throw .invalid("log: message and data have \(bytes) bytes, and may have \(Self.logLineBytes)")
        }
        // A line costs something even where it says nothing.
        let cost = bytes + 16
        if isLogFull || logBytes + cost > Self.logTotalBytes {
            if !isLogFull {
                log.append(
                    LogLine(level: .warn, message: "the log is full: what was written after this is not kept"))
            }
            isLogFull = true
            return .null
        }
        logBytes += cost
        log.append(
            LogLine(level: level, message: secrets.hiding(message), data: data.map { secrets.hiding($0) }))
        return .null
    }

    func getConfiguration(_ parameters: HostParameters) throws(HostRefusal) -> JSONValue {
        guard let key = try parameters.optionalText("key", bytes: 1...Self.nameBytes) else {
            return ["values": .object(configuration.shown)]
        }
        let value = configuration.value(key)
        return ["found": .bool(value != nil), "value": value ?? .null]
    }
}
