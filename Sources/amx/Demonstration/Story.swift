import Capsules
import Glibc
import Objects

/// The whole job from end to end: two people, a hub between them, and somebody with plain git.
struct Story {
    private let stage: Stage
    private let examples: ExampleCapsules
    private let ada: Person
    private let grace: Person
    private let guest: Person

    /// Prepares the people on a stage.
    init(_ stage: Stage, _ examples: ExampleCapsules) throws(AmxError) {
        self.stage = stage
        self.examples = examples
        ada = Person("Ada", in: stage.folder)
        grace = Person("Grace", in: stage.folder)
        guest = Person("Guest", in: stage.folder)
        for person in [ada, grace, guest] {
            try Directory.create(Directory.parent(of: person.configuration))
            try AtomicFile.write(Array(person.identity.utf8), to: person.configuration)
        }
    }

    /// Plays; the hub has ended when this returns.
    func play() throws {
        let program = try stage.hubProgram()
        try stage.chapter("A hub on this machine")
        let initialised = try stage.run(
            program, as: ada, ["init", "--data", "hub", "--owner", "acme", "--json"]
        ).json()
        let rights = try ["read,write", "read"].map { rights in
            try stage.run(
                program, as: ada, ["token", "create", "--data", "hub", "--owner", "acme", "--rights", rights, "--json"]
            ).json()
        }
        let words = ["amx-hub", "serve", "--data", "hub", "--listen", "127.0.0.1:0"]
        let hub = try ChildProcess(
            program, Array(words.dropFirst()), environment: ada.environment, output: "hub.url", errors: "hub.log")
        let url = try stage.waitForLine("hub.url", of: hub, words)
        try stage.note(url)

        let first = try makeCapsules(url, token: Self.text(initialised, "token"))
        let second = try workOnBranch(url, token: Self.text(rights.first, "token"))
        try takeOver(digest: second)
        try useForms(digest: first)
        try cloneElsewhere(url, token: Self.text(rights.last, "token"), digests: [first, second])
        try stage.run(program, as: ada, ["fsck", "--data", "hub"])
        _ = consume hub
    }

    // MARK: The parts

    /// Ada's part; the digest of the first release.
    private func makeCapsules(_ url: String, token: String) throws -> String {
        try stage.chapter("Ada makes three capsules, releases them and pushes them")
        try stage.run(ada, ["init", "ada"])
        let skill = examples.source.map { "\($0)/refund-requests" } ?? "refund-requests"
        if examples.source == nil { try examples.copy("refund-requests", to: skill) }
        try stage.run(ada, ["-C", "ada", "import", skill.hasPrefix("/") ? skill : "../\(skill)"])
        for name in ["customer-service", "product-search"] {
            try stage.act("copy docs/examples/\(name)") {
                try examples.copy(name, to: "ada/knowledge/capsules/\(name)")
            }
        }
        try stage.act("write knowledge/embeddings/products.f32") { try writeVectors(ada) }
        try stage.run(ada, ["-C", "ada", "status"], shown: true)
        try stage.run(ada, ["-C", "ada", "commit", "-m", "Start from the examples"])
        let release = try stage.run(ada, ["-C", "ada", "release", "customer-service", "--json"]).json()
        for id in ["product-search", "refund-requests"] { try stage.run(ada, ["-C", "ada", "release", id]) }
        try stage.run(ada, ["-C", "ada", "remote", "add", "origin", "\(url)/acme"])
        try stage.run(ada, ["-C", "ada", "login", url], environment: ["AMX_TOKEN": token])
        try stage.run(ada, ["-C", "ada", "push"])
        return try Self.text(release, "digest")
    }

    /// Grace's part; the digest of the second release.
    private func workOnBranch(_ url: String, token: String) throws -> String {
        try stage.chapter("Grace pulls two of them, changes one on a branch and pushes back")
        try stage.run(grace, ["init", "grace"])
        try stage.run(grace, ["-C", "grace", "remote", "add", "origin", "\(url)/acme"])
        try stage.run(grace, ["-C", "grace", "login", url], environment: ["AMX_TOKEN": token])
        try stage.run(grace, ["-C", "grace", "pull", "origin", "customer-service", "product-search"])
        try stage.check(
            "what was pulled lies there in packed form",
            Directory.exists("grace/knowledge/capsules/customer-service.kc")
                && Directory.exists("grace/knowledge/capsules/product-search.kc"))
        try stage.run(grace, ["-C", "grace", "edit", "customer-service"])
        try stage.run(grace, ["-C", "grace", "switch", "customer-service", "lower-limit", "--create"])
        try stage.act("lower the limit to 250, and call it version 1.1.0") {
            let folder = "grace/knowledge/capsules/customer-service"
            try Self.replace("500", by: "250", in: "\(folder)/knowledge/rules/escalation.json")
            try Self.replace("1.0.0", by: "1.1.0", in: "\(folder)/manifest.json")
        }
        try stage.run(grace, ["-C", "grace", "diff", "customer-service"], shown: true)
        try stage.run(grace, ["-C", "grace", "commit", "-m", "Hand over from 250 on"])
        let release = try stage.run(grace, ["-C", "grace", "release", "customer-service", "--json"]).json()
        try stage.run(grace, ["-C", "grace", "edit", "product-search"])
        try stage.act("add a product and its vector") {
            try addProduct(grace, "1013\ttowel that dries fast, for travel")
        }
        try stage.run(grace, ["-C", "grace", "commit", "-m", "Add towels"])
        try stage.run(grace, ["-C", "grace", "push"])
        return try Self.text(release, "digest")
    }

    /// Ada takes over what Grace did, and both get into each other's way.
    private func takeOver(digest: String) throws {
        try stage.chapter("Ada pulls what Grace did")
        try stage.run(ada, ["-C", "ada", "pull"], shown: true)
        try stage.run(
            ada, ["-C", "ada", "diff", "customer-service", "main", "origin/lower-limit", "--stat"], shown: true)
        try stage.run(ada, ["-C", "ada", "switch", "customer-service", "lower-limit"])
        try stage.run(ada, ["-C", "ada", "log", "customer-service"], shown: true)
        let shown = try stage.run(ada, ["-C", "ada", "show", "customer-service@v1.1.0", "--json"]).json()
        try stage.check("Ada has what Grace released, by its digest", try Self.text(shown, "digest") == digest)
        try stage.check(
            "Ada's files are those that Grace released",
            try FolderDigest.digest(of: "ada/knowledge/capsules/customer-service").text == digest)
        try stage.check(
            "the vectors that came over the hub are Grace's, byte for byte",
            try Self.content(vectorsPath(ada)) == Self.content(vectorsPath(grace)))

        try stage.chapter("Both change the same capsule: nothing is lost")
        try stage.act("add a product each") {
            try addProduct(ada, "1014\tfolding chair")
            try addProduct(grace, "1015\tfolding table")
        }
        try stage.run(ada, ["-C", "ada", "commit", "-m", "Add chairs"])
        try stage.run(ada, ["-C", "ada", "push", "origin", "product-search"])
        try stage.run(grace, ["-C", "grace", "commit", "-m", "Add tables"])
        try stage.run(grace, ["-C", "grace", "push", "origin", "product-search"], expecting: 6)
        try stage.run(grace, ["-C", "grace", "fetch"])
        try stage.run(grace, ["-C", "grace", "status"], shown: true)
    }

    /// Files instead of directories, and what happens when one is damaged.
    private func useForms(digest: String) throws {
        try stage.chapter("Packed forms")
        try stage.run(ada, ["-C", "ada", "pack", "customer-service"])
        try stage.run(ada, ["-C", "ada", "pack", "customer-service@v1.0.0", "-o", "../customer-service-1.0.0.kc"])
        try stage.run(ada, ["unpack", "customer-service-1.0.0.kc", "unpacked"])
        try stage.check(
            "what was unpacked is the release, by its digest", try FolderDigest.digest(of: "unpacked").text == digest)
        try stage.run(ada, ["verify", "customer-service-1.0.0.kc", "--digest", digest])
        try stage.run(ada, ["-C", "ada", "verify"], shown: true)
        try stage.act("damage a copy of the file") {
            var bytes = try Self.content("customer-service-1.0.0.kc")
            let middle = bytes.count / 2
            if bytes.indices.contains(middle) { bytes[middle] ^= 0x10 }
            try AtomicFile.write(bytes, to: "damaged.kc")
        }
        try stage.run(ada, ["verify", "damaged.kc"], expecting: 5)
    }

    /// Somebody who only reads: with amx, and with plain git.
    private func cloneElsewhere(_ url: String, token: String, digests: [String]) throws {
        try stage.chapter("Somebody else clones it, with amx and with plain git")
        let address = "\(url)/acme/customer-service.git"
        let cloned = try stage.run(
            guest, ["clone", address, "guest", "--json"], environment: ["AMX_TOKEN": token]
        ).json()
        try stage.check(
            "a clone holds the capsule", cloned["capsules"]?.array?.contains { $0.string == "customer-service" } == true
        )
        guard Self.hasGit() else {
            return try stage.skip("git is not installed, so its clone is not compared")
        }
        let environment = [
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": "Authorization: Bearer \(token)",
        ]
        try stage.run("git", as: guest, ["clone", "--quiet", address, "clone"], environment: environment)
        try stage.run("git", as: guest, ["-C", "clone", "fsck", "--strict"])
        for (version, digest) in zip(["v1.0.0", "v1.1.0"], digests) {
            try stage.run("git", as: guest, ["-C", "clone", "checkout", "--quiet", version])
            try stage.check(
                "git's files of \(version) have the digest of that release: \(digest.prefix(19))…",
                try FolderDigest.digest(of: "clone").text == digest)
        }
    }

    // MARK: What people do to files

    private func vectorsPath(_ person: Person) -> String {
        "\(person.workspace)/knowledge/capsules/product-search/knowledge/embeddings/products.f32"
    }

    private func productsPath(_ person: Person) -> String {
        "\(person.workspace)/knowledge/capsules/product-search/knowledge/products.txt"
    }

    private func addProduct(_ person: Person, _ line: String) throws(AmxError) {
        try AtomicFile.write(Self.content(productsPath(person)) + Array("\(line)\n".utf8), to: productsPath(person))
        try writeVectors(person)
    }

    private func writeVectors(_ person: Person) throws(AmxError) {
        let products = String(decoding: try Self.content(productsPath(person)), as: UTF8.self)
        try Directory.create(Directory.parent(of: vectorsPath(person)))
        try AtomicFile.write(HashedVectors.bytes(of: products.split(separator: "\n")), to: vectorsPath(person))
    }

    private static func content(_ path: String) throws(AmxError) -> [UInt8] {
        guard let bytes = try FileContent.read(path) else { throw AmxError(.notFound, "there is no \(path)") }
        return bytes
    }

    private static func replace(_ old: String, by new: String, in path: String) throws(AmxError) {
        let text = String(decoding: try content(path), as: UTF8.self)
        try AtomicFile.write(
            Array(text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new).utf8), to: path)
    }

    private static func text(_ object: JSONValue?, _ key: String) throws(AmxError) -> String {
        guard let text = object?[key]?.string else {
            throw AmxError(.failure, "the demonstration failed: a result has no \"\(key)\"")
        }
        return text
    }

    private static func hasGit() -> Bool {
        (Environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").contains { access("\($0)/git", X_OK) == 0 }
    }
}
