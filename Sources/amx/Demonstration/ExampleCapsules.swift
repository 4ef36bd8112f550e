import Glibc
import Objects

/// The capsules of `docs/examples/`, or smaller ones of the same shape where the program is without its sources.
struct ExampleCapsules {
    /// The folder of the examples; nil when the built-in ones are used.
    let source: String?

    /// Looks for `docs/examples` from some folders upwards.
    init(near folders: [String]) {
        for start in folders {
            var folder = start
            while folder != "/", folder != "." {
                let candidate = "\(folder)/docs/examples"
                if Directory.isDirectory("\(candidate)/customer-service") {
                    source = candidate
                    return
                }
                folder = Directory.parent(of: folder)
            }
        }
        source = nil
    }

    /// Copies an example to a new folder.
    func copy(_ name: String, to target: String) throws(AmxError) {
        guard let source else {
            for file in Self.builtIn[name] ?? [] {
                let path = "\(target)/\(file.path)"
                try Directory.create(Directory.parent(of: path))
                try AtomicFile.write(Array(file.text.utf8), to: path)
            }
            return
        }
        try Self.copyFolder("\(source)/\(name)", to: target)
    }

    private static func copyFolder(_ source: String, to target: String) throws(AmxError) {
        try Directory.create(target)
        for name in try Directory.names(in: source) {
            let (from, to) = (
                "\(source)/\(String(decoding: name, as: UTF8.self))",
                "\(target)/\(String(decoding: name, as: UTF8.self))"
            )
            if Directory.isDirectory(from) {
                try copyFolder(from, to: to)
            } else {
                let file = try OpenFile(from, O_RDONLY)
                try AtomicFile.write(file.readToEnd(), to: to, mode: file.status().st_mode & 0o777)
            }
        }
    }

    private static let builtIn: [String: [(path: String, text: String)]] = [
        "refund-requests": [
            (
                "SKILL.md",
                """
                ---
                name: refund-requests
                description: Decides whether an order may be refunded. Use when a customer asks for money back.
                ---

                # Refund requests

                Refund within 30 days. Hand amounts over 500 to a person.

                """
            )
        ],
        "customer-service": [
            (
                "manifest.json",
                """
                { "id": "customer-service", "name": "Customer service", "version": "1.0.0" }

                """
            ),
            ("README.md", "# Customer service\n"),
            (
                "knowledge/rules/escalation.json",
                """
                { "handToPerson": { "orderValueAbove": 500 } }

                """
            ),
        ],
        "product-search": [
            (
                "manifest.json",
                """
                { "id": "product-search", "name": "Product search", "version": "0.3.0" }

                """
            ),
            ("README.md", "# Product search\n"),
            ("knowledge/products.txt", "1001\train jacket with hood\n1002\tdown jacket for winter\n"),
        ],
    ]
}
