extension Limits {
    /// A bound that content of any kind may pass, by the name that it has in ``Limits`` and in every error.
    package enum Name: String, Sendable {
        case objectBytes
        case expandedBytes
        case compressionRatio
        case entries
        case manifestBytes
        case zstdWindowLog
        case resolutionCapsules
        case resolutionDepth
        case resolutionReleases
        case indexBytes
        case bundleMemberBytes

        /// What to do about content that passes it.
        package var advice: String {
            switch self {
            case .objectBytes: "split the file, or leave it out with .amxignore and say where it can be had"
            case .expandedBytes, .entries: "leave files out with .amxignore, or split the capsule"
            case .compressionRatio:
                "such a file can fill a disk; if you trust it, take it apart with tar and pack it with `amx pack`"
            case .manifestBytes: "move data out of the manifest into files of its own"
            case .resolutionCapsules, .resolutionDepth, .resolutionReleases, .indexBytes:
                "no workspace should need that many: look at what is required, and at who runs the place that says so"
            case .bundleMemberBytes: "leave the capsule out of what is required, or make it smaller"
            case .zstdWindowLog: "compress it again with zstd, without --long"
            }
        }
    }

    /// The bound's value.
    package subscript(_ name: Name) -> Int {
        switch name {
        case .objectBytes: objectBytes
        case .expandedBytes: expandedBytes
        case .compressionRatio: compressionRatio
        case .entries: entries
        case .manifestBytes: manifestBytes
        case .zstdWindowLog: zstdWindowLog
        case .resolutionCapsules: resolutionCapsules
        case .resolutionDepth: resolutionDepth
        case .resolutionReleases: resolutionReleases
        case .indexBytes: indexBytes
        case .bundleMemberBytes: bundleMemberBytes
        }
    }

    /// What to ask for where content is received elsewhere: that a limit is raised, and the place where that is done.
    package static func raised(_ name: String) -> String {
        "have 'limits.\(name)' raised where it is received: in the file `config` of a hub's data directory, elsewhere "
            + "by `amx config`"
    }

    /// The error of content that passes a bound: `<what>: the limit '<name>' is <value>`.
    package func passed(_ name: Name, _ what: String) -> AmxError {
        AmxError(
            .failure, "\(what): the limit '\(name.rawValue)' is \(self[name])",
            hint: "\(name.advice); `amx config limits.\(name.rawValue) NUMBER` changes the limit")
    }
}
