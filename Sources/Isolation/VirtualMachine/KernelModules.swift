import Objects

/// The modules of one kernel, as they lie below `lib/modules/<version>`, not compressed.
struct KernelModules {
    private static let folderLimit = 10_000
    private static let byteLimit = 64 << 20
    /// The path of each by its name, in which `_` stands for `-` as well.
    private let paths: [String: String]
    /// Those that are part of the kernel itself.
    private let builtIn: Set<String>

    /// Looks below a folder; what is not there has no modules.
    init(_ folder: String) {
        var (paths, waiting, seen): ([String: String], [String], Int) = ([:], ["\(folder)/kernel"], 0)
        while let next = waiting.popLast(), seen < Self.folderLimit {
            seen += 1
            for name in ((try? Directory.names(in: next)) ?? []).map({ String(decoding: $0, as: UTF8.self) }) {
                if name.hasSuffix(".ko") {
                    paths[Self.plain(name.dropLast(3))] = "\(next)/\(name)"
                } else if !name.contains("."), Directory.isFolder("\(next)/\(name)") {
                    waiting.append("\(next)/\(name)")
                }
            }
        }
        self.paths = paths
        let list = ((try? FileContent.read("\(folder)/modules.builtin", limit: 1 << 20)) ?? nil) ?? []
        builtIn = Set(
            String(decoding: list, as: UTF8.self).split(separator: "\n").compactMap { line in
                line.hasSuffix(".ko") ? Self.plain((line.split(separator: "/").last ?? "").dropLast(3)) : nil
            })
    }

    /// The first of some modules that is neither there nor built in; nil where all are.
    func missing(of names: [String]) -> String? {
        names.first { paths[Self.plain($0[...])] == nil && !builtIn.contains(Self.plain($0[...])) }
    }

    /// The bytes of some modules and of those that they need, each after what it needs.
    ///
    /// `.failure` where one cannot be read, or needs what is not there.
    func closure(of names: [String]) throws(AmxError) -> [[UInt8]] {
        var (loaded, modules): (Set<String>, [[UInt8]]) = ([], [])
        for name in names { try add(Self.plain(name[...]), &loaded, &modules) }
        return modules
    }

    private func add(_ name: String, _ loaded: inout Set<String>, _ modules: inout [[UInt8]]) throws(AmxError) {
        guard !builtIn.contains(name), loaded.insert(name).inserted else { return }
        guard let path = paths[name], let bytes = try FileContent.read(path, limit: Self.byteLimit) else {
            throw AmxError(
                .failure, "cannot run in a virtual machine: the kernel's module \(name) is not there",
                hint: "install the kernel's package again")
        }
        for needed in Self.needs(bytes) { try add(Self.plain(needed), &loaded, &modules) }
        modules.append(bytes)
    }

    /// The names behind `depends=` in the module's own description.
    private static func needs(_ module: [UInt8]) -> [Substring] {
        let mark = Array("\0depends=".utf8)
        guard let start = module.firstRange(of: mark)?.upperBound else { return [] }
        return String(decoding: module[start...].prefix { $0 != 0 }, as: UTF8.self).split(separator: ",")
    }

    private static func plain(_ name: Substring) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
