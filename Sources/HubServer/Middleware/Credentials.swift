import Foundation

/// Reads the token out of an `Authorization` header: `Bearer TOKEN`, or `Basic` with the token as the password.
enum Credentials {
    /// The presented text; nil when the header is malformed or of another scheme.
    ///
    /// With an empty password the user name counts, for addresses of the form `https://TOKEN@hub.example/`.
    static func token(inHeader value: String) -> String? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let argument = parts[1].drop { $0 == " " }
        switch parts[0].lowercased() {
        case "bearer":
            return String(argument)
        case "basic":
            guard let data = Data(base64Encoded: String(argument)), let text = String(data: data, encoding: .utf8),
                let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
            else { return nil }
            let password = text[text.utf8.index(after: colon)...]
            return String(password.isEmpty ? text[..<colon] : password)
        default:
            return nil
        }
    }
}
