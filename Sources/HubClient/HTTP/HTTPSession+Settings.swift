package import Objects

extension HTTPSession {
    /// What a session does not learn from a request.
    package struct Settings: Sendable {
        /// Seconds until a connection, including its TLS handshake, must stand.
        package var connectTimeout = 30
        /// Seconds without a byte in either direction after which a transfer is given up.
        package var stallTimeout = 60
        /// Seconds without anything but signs of life after which a server that works is given up.
        package var answerTimeout = 600
        /// A file of PEM certificates to trust instead of the system's.
        package var certificateFile: String?

        /// The defaults.
        package init() {}

        /// The defaults, changed by `AMX_CA_FILE`, `AMX_STALL_TIMEOUT` and `AMX_ANSWER_TIMEOUT` (seconds).
        package init(environment: (String) -> String?) throws(AmxError) {
            if let file = environment("AMX_CA_FILE"), !file.isEmpty { certificateFile = file }
            stallTimeout = try Self.seconds("AMX_STALL_TIMEOUT", environment) ?? stallTimeout
            answerTimeout = try Self.seconds("AMX_ANSWER_TIMEOUT", environment) ?? answerTimeout
        }

        private static func seconds(_ name: String, _ environment: (String) -> String?) throws(AmxError) -> Int? {
            guard let text = environment(name), !text.isEmpty else { return nil }
            guard let seconds = Int(text), 1...86_400 ~= seconds else {
                throw AmxError(
                    .usage, "invalid \(name): \(text) is not a number of seconds from 1 to 86400",
                    hint: "set it to a number of seconds, or unset it")
            }
            return seconds
        }
    }
}
