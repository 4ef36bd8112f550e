package import Objects

extension HTTPSession {
    /// What a session does not learn from a request.
    package struct Settings: Sendable {
        /// Seconds until a connection, including its TLS handshake, must stand.
        package var connectTimeout = 30
        /// Seconds without a byte in either direction after which a transfer is given up.
        package var stallTimeout = 60
        /// A file of PEM certificates to trust instead of the system's.
        package var certificateFile: String?

        /// The defaults.
        package init() {}

        /// The defaults, changed by `AMX_CA_FILE` and `AMX_STALL_TIMEOUT` (seconds).
        package init(environment: (String) -> String?) throws(AmxError) {
            if let file = environment("AMX_CA_FILE"), !file.isEmpty { certificateFile = file }
            if let text = environment("AMX_STALL_TIMEOUT"), !text.isEmpty {
                guard let seconds = Int(text), 1...86_400 ~= seconds else {
                    throw AmxError(
                        .usage, "invalid AMX_STALL_TIMEOUT: \(text) is not a number of seconds from 1 to 86400",
                        hint: "set it to a number of seconds, or unset it")
                }
                stallTimeout = seconds
            }
        }
    }
}
