extension ManifestReader {
    /// More segments than these no topic has (row S-099).
    private static let topicSegments = 20

    private static let capabilityNames: Set<String> = [
        "uplink", "net", "netConnect", "netBind", "kv", "fsRead", "fsWrite", "hostProcess", "ipcPublish",
        "ipcSubscribe",
        "identity", "allowPromptInjection",
    ]

    /// What is wanted, as far as its form is right; nil where the block is missing.
    mutating func capabilities(_ node: Node?) -> Capabilities? {
        guard let node else { return nil }
        let members = object(node, known: Self.capabilityNames, like: "{\"net\": [\"api.example.com\"]}")
        var capabilities = Capabilities()
        capabilities.isUplink = flag(members["uplink"]) ?? false
        capabilities.allowsPromptInjection = flag(members["allowPromptInjection"]) ?? false
        capabilities.net = entries(members["net"]).compactMap { net($0.node, $0.text) }
        capabilities.netConnect = entries(members["netConnect"]).compactMap { target($0.node, $0.text) }
        capabilities.netBind = entries(members["netBind"]).map(\.text)
        capabilities.kv = entries(members["kv"]).map(\.text)
        capabilities.fsRead = entries(members["fsRead"]).compactMap { grant($0.node, $0.text) }
        capabilities.fsWrite = entries(members["fsWrite"]).compactMap { grant($0.node, $0.text) }
        capabilities.hostProcess = entries(members["hostProcess"]).compactMap { program($0.node, $0.text) }
        capabilities.ipcPublish = entries(members["ipcPublish"]).compactMap { topic($0.node, $0.text) }
        capabilities.ipcSubscribe = entries(members["ipcSubscribe"]).compactMap { topic($0.node, $0.text) }
        capabilities.identity = list(members["identity"], of: "strings").compactMap { choice($0) }
        return capabilities
    }

    /// An uplink is loaded before all others, so it cannot wait for any (row S-064).
    mutating func checkUplink(_ capabilities: Capabilities?, requires node: Node?) {
        guard let node, capabilities?.isUplink == true, node.value.array?.isEmpty == false else { return }
        report(
            at: node.path, expected: "nothing, as capabilities.uplink is true", found: Self.describe(node.value),
            advice: "uplinks are loaded before all others: remove 'requires', or 'uplink'")
    }

    private mutating func entries(_ node: Node?) -> [(node: Node, text: String)] {
        list(node, of: "strings").compactMap { node in
            text(node, allowEmpty: false, maximum: 4096).map { (node, $0) }
        }
    }

    // MARK: Network

    private mutating func net(_ node: Node, _ text: String) -> String? {
        if text == "*" { return text }
        if let host = HostPattern.normalized(text) { return host }
        let bytes = text.utf8
        let advice =
            if text.contains("://") || bytes.contains(UInt8(ascii: "/")) {
                "write the host alone, without scheme and path"
            } else if bytes.starts(with: "*.".utf8) || bytes.first == UInt8(ascii: ".") {
                "write the name alone: it stands for its subdomains too"
            } else if bytes.contains(UInt8(ascii: ":")) {
                "leave the port out; other connections than HTTP stand in 'netConnect'"
            } else {
                "write it as \"api.example.com\", or \"*\" for all hosts"
            }
        report(node, expected: "a host", advice: advice)
        return nil
    }

    private mutating func target(_ node: Node, _ text: String) -> NetworkTarget? {
        if let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let host = HostPattern.normalized(String(text[..<colon]))
        {
            let port = String(text[text.utf8.index(after: colon)...])
            if port == "*" { return NetworkTarget(host: host, port: nil) }
            if let number = UInt16(port), number > 0, String(number) == port {
                return NetworkTarget(host: host, port: number)
            }
        }
        report(
            node, expected: "a host with a port",
            advice: "write it as \"db.example.com:5432\", or with \":*\" for all of its ports")
        return nil
    }

    // MARK: Files, programs, topics

    private mutating func grant(_ node: Node, _ text: String) -> FileGrant? {
        do {
            return try FileGrant(parsing: text)
        } catch {
            let (expected, advice) =
                switch error {
                case .notRooted:
                    (
                        "a path that starts with cwd://, home:// or /",
                        "write it as \"cwd://src\", or \"*\" for the whole workspace"
                    )
                case .parent: ("a path without '..'", "write the folder that is meant")
                case .wildcard: ("a path without wildcards", "name a folder: all that is in it is meant")
                case .everything: ("less than all files of the host", "name a folder below it")
                }
            report(node, expected: expected, advice: advice)
            return nil
        }
    }

    private mutating func program(_ node: Node, _ text: String) -> String? {
        if Self.isProgramName(text) { return text }
        report(
            node, expected: "a program's name", advice: "write it as \"git\": without folders, arguments and wildcards")
        return nil
    }

    /// Whether a text names a program without a folder, and is no option either.
    static func isProgramName(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text != "." && text != ".." && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "+") }
    }

    /// Letters, digits, `_`, `.` and `-`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A topic with segments, each of which may be `*` (rows S-062, S-065).
    private mutating func topic(_ node: Node, _ text: String) -> String? {
        let segments = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isRight = segments.allSatisfy { segment in
            !segment.isEmpty && (segment.elementsEqual("*".utf8) || segment.allSatisfy(Self.isNameByte))
        }
        if isRight, segments.count <= Self.topicSegments { return text }
        report(
            node, expected: isRight ? "at most \(Self.topicSegments) segments" : "a topic without empty segments",
            advice: "write it as \"orders.v1.created\", with letters, digits, '_', '-', or '*' for a segment")
        return nil
    }
}
