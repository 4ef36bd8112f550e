package import Objects

/// A place in a JSON text that strict JSON does not allow, and why.
package struct JSONError: Error, Hashable, Sendable {
    /// What is wrong; the raw values are stable.
    package enum Code: String, Sendable, CaseIterable {
        case unexpectedEnd
        case unexpectedCharacter
        case trailingComma
        case trailingContent
        case byteOrderMark
        case invalidUTF8
        case controlCharacter
        case invalidEscape
        case loneSurrogate
        case nullInKey
        case duplicateKey
        case invalidNumber
        case numberOutOfRange
        case tooDeep
    }

    package let code: Code
    /// Bytes before the place.
    package let offset: Int
    /// Lines from 1, ended by LF.
    package let line: Int
    /// Unicode scalars from 1.
    package let column: Int
    /// The key that stands twice; nil for all else.
    package var key: String?

    /// What is wrong, in words.
    package var reason: String {
        switch code {
        case .unexpectedEnd: "the text ends in the middle"
        case .unexpectedCharacter: "unexpected character"
        case .trailingComma: "a comma with nothing after it"
        case .trailingContent: "something follows the end of the document"
        case .byteOrderMark: "the text starts with a byte order mark"
        case .invalidUTF8: "the text is not valid UTF-8"
        case .controlCharacter: "a control character in a string must be written as an escape"
        case .invalidEscape: "no such escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .nullInKey: "a key contains \\u0000"
        case .duplicateKey: "the key \"\(ManifestReader.excerpt(key ?? ""))\" stands twice in its object"
        case .invalidNumber: "not a number as JSON writes it"
        case .numberOutOfRange: "the number does not fit 64 bits"
        case .tooDeep: "too many open brackets"
        }
    }

    /// What to do about it.
    package var hint: String {
        switch code {
        case .unexpectedEnd: "close the open brackets and quotes"
        case .unexpectedCharacter, .invalidNumber:
            "JSON has double quotes, no comments, and no values other than its own"
        case .trailingComma: "remove the comma"
        case .trailingContent: "keep one value in the file"
        case .byteOrderMark, .invalidUTF8: "save the file as UTF-8 without a byte order mark"
        case .controlCharacter: "write a line break as \\n and a tab as \\t"
        case .invalidEscape: "write a backslash as \\\\"
        case .loneSurrogate: "write the character itself, or both halves"
        case .nullInKey: "rename the key"
        case .duplicateKey: "keep one of the two members"
        case .numberOutOfRange: "write the number as a string"
        case .tooDeep: "flatten the document"
        }
    }

    /// The error of a named file or message that holds the text.
    package func error(in file: String) -> AmxError {
        AmxError(
            .failure, "\(file) is not valid JSON: line \(line), column \(column): \(reason)", hint: hint, cause: self)
    }
}
