/// The topics of what Amx itself tells. Those that begin with `amx` are published by nobody else.
package enum AmxTopic {
    /// Some did not get all events that they were to get (row S-106).
    package static let lagged = "amx.v1.event_bus.lagged"
    /// All capsules that could be loaded are loaded (row S-108).
    package static let capsulesLoaded = "amx.v1.capsules_loaded"
    /// A capsule has failed, and is not started again (row S-108).
    package static let healthFailed = "amx.v1.health.failed"

    /// Something happened to a capsule, such as `installed` (row S-102).
    package static func lifecycle(_ kind: String) -> String { "amx.v1.lifecycle.\(kind)" }

    static func isReserved(_ topic: String) -> Bool {
        TopicPattern.segments(topic).first?.elementsEqual("amx".utf8) == true
    }
}
