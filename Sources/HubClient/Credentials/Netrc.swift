import Glibc
import Objects

/// The user's `.netrc`, as curl and git read it: logins and passwords by host.
///
/// Only entries of a `machine` count: one for any host (`default`) would send a password anywhere. Macros are passed over.
struct Netrc: Sendable {
    private struct Entry: Sendable {
        var machine: String
        var login: String?
        var password: String?
    }

    private static let byteLimit = 1 << 20
    private let path: String

    /// `NETRC` names the file; else it is `~/.netrc`. Nil when neither can be told.
    init?(environment: (String) -> String?) {
        if let path = environment("NETRC"), !path.isEmpty {
            self.path = path
        } else if let home = environment("HOME"), home.hasPrefix("/") {
            path = "\(home)/.netrc"
        } else {
            return nil
        }
    }

    /// The credential for a host, of a user where one is named; the first entry with a password counts.
    ///
    /// Throws when the file has one and others may read it.
    func find(host: String, user: String?) throws(AmxError) -> Credential? {
        // Without O_NONBLOCK a named pipe would hang the open.
        guard Directory.exists(path), let file = try? OpenFile(path, O_RDONLY | O_NONBLOCK) else { return nil }
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        let text = String(decoding: try file.readToEnd(limit: Self.byteLimit), as: UTF8.self)
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        for entry in Self.parse(text) where entry.machine.lowercased() == name {
            guard let password = entry.password, user == nil || entry.login == nil || entry.login == user else {
                continue
            }
            guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() else {
                throw AmxError(
                    .failure, "cannot use the password for \(host) of \(path): others may read or write the file",
                    hint: "run `chmod 600 \(path)`; if others could read it, change the password")
            }
            return try Credential(user: user ?? entry.login ?? Credential.defaultUser, password: password)
        }
        return nil
    }

    private static func parse(_ text: String) -> [Entry] {
        var entries: [Entry] = []
        var isMacro = false
        var key: String?
        // An entry for any host takes what follows, and is not kept.
        var isKept = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = words(of: line)
            if isMacro {
                isMacro = !words.isEmpty
                continue
            }
            for word in words {
                if let name = key {
                    key = nil
                    if name == "machine" {
                        entries.append(Entry(machine: word))
                        isKept = true
                    } else if isKept, let last = entries.indices.last {
                        if name == "login" { entries[last].login = word }
                        if name == "password" { entries[last].password = word }
                    }
                } else if ["machine", "login", "password", "account"].contains(word) {
                    key = word
                } else if word == "default" {
                    isKept = false
                } else if word == "macdef" {
                    isMacro = true
                    break
                }
            }
        }
        return entries
    }

    /// The words of a line; one in double quotes may hold blanks, and `\"`, `\\`, `\n`, `\r`, `\t`. A word that starts with
    /// `#` begins a comment.
    private static func words(of line: Substring) -> [String] {
        var words: [String] = []
        var rest = line.unicodeScalars[...]
        while let first = rest.first {
            if first == " " || first == "\t" || first == "\r" {
                rest.removeFirst()
                continue
            }
            if first == "#" { break }
            var word = String.UnicodeScalarView()
            guard first == "\"" else {
                while let next = rest.first, next != " ", next != "\t", next != "\r" {
                    word.append(next)
                    rest.removeFirst()
                }
                words.append(String(word))
                continue
            }
            rest.removeFirst()
            while let next = rest.popFirst(), next != "\"" {
                guard next == "\\" else {
                    word.append(next)
                    continue
                }
                switch rest.popFirst() {
                case "n"?: word.append("\n")
                case "r"?: word.append("\r")
                case "t"?: word.append("\t")
                case let other?: word.append(other)
                case nil: break
                }
            }
            words.append(String(word))
        }
        return words
    }
}
