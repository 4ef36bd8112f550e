package import Objects

/// A user's name and the token that proves it to one origin.
///
/// The token never shows in a description, a message or a log.
package struct Credential: Hashable, Sendable {
    /// The name that goes with tokens whose server looks only at the token.
    package static let defaultUser = "amx"

    /// The user's name for HTTP's Basic scheme.
    package let user: String
    /// The token, sent as the password.
    package let token: String

    /// Refuses what could not stand in a header or in a line of the credentials file.
    package init(user: String = Credential.defaultUser, token: String) throws(AmxError) {
        guard !token.isEmpty, token.utf8.count <= 4096, token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw AmxError(
                .usage, "invalid token: it must be 1 to 4096 printable ASCII characters without blanks",
                hint: "copy the token again, without quotes or line breaks")
        }
        guard !user.isEmpty, user.utf8.count <= 256, !user.contains(":"), user.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else {
            throw AmxError(
                .usage, "invalid user name: it must be 1 to 256 printable ASCII characters without blanks and colons",
                hint: "leave the name out of the address, or write it there without blanks")
        }
        self.user = user
        self.token = token
    }

    /// Takes what another program keeps: a password of any characters but control characters.
    init(user: String, password: String) throws(AmxError) {
        let isSound = { (text: String) in
            !text.isEmpty && text.utf8.count <= 4096 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
        guard isSound(user), isSound(password), !user.contains(":") else {
            throw AmxError(
                .failure,
                "cannot use a stored password: it or its user's name has a character that HTTP does not carry",
                hint: "correct the entry in .netrc or in git's credential helper, or run `amx login URL`")
        }
        self.user = user
        token = password
    }

    /// The value of the `Authorization` header (RFC 7617).
    package var authorization: String { "Basic \(Base64.encode(Array("\(user):\(token)".utf8)))" }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(user):***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}
