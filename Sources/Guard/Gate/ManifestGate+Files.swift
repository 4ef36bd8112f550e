import Capsules
import Glibc
package import Objects

extension ManifestGate {
    package func checkFile(_ path: String, for access: FileAccess) throws(AccessDenial) {
        _ = try allowedPath(path, for: access)
    }

    package func openFile(
        _ path: String, for access: FileAccess, creating: Bool = true, truncating: Bool = false
    ) throws(AmxError) -> OpenFile {
        let place: CanonicalPath
        do throws(AccessDenial) {
            place = try allowedPath(path, for: access)
        } catch {
            throw error.error
        }
        let opening = FileOpening(
            resolver: resolver, path: place, name: Excerpt.of(path), access: access, creating: creating,
            truncating: truncating)
        do throws(FileOpening.Failure) {
            return OpenFile(adopting: try opening.open(), of: Excerpt.of(path))
        } catch {
            switch error {
            case .path(let fault): throw denial(of: path, access, fault, isNamed: true).error
            case .kind:
                throw denial(
                    access.check, "file \(access.rawValue) of '\(Excerpt.of(path))': it is neither a file nor a folder",
                    rule: "form of files", remedy: "use a file or a folder"
                ).error
            case .other(let error): throw error
            }
        }
    }

    /// Where an allowed path leads.
    ///
    /// What is told apart in a denial is told of what is declared by its words alone: of all else nobody learns whether
    /// it is there.
    private func allowedPath(_ path: String, for access: FileAccess) throws(AccessDenial) -> CanonicalPath {
        let asked: AskedPath
        do throws(AskedPath.Fault) {
            asked = try AskedPath(parsing: path)
        } catch {
            throw denial(
                access.check, "file \(access.rawValue) of '\(Excerpt.of(path))': \(error.description)",
                rule: "form of paths", remedy: error.remedy)
        }
        let isNamed = declared.allSatisfy { one in
            grants(one.capabilities, access).contains { asked.isNamed(by: $0) }
        }
        let place: CanonicalPath
        do throws(PathFault) {
            place = try resolver.canonical(asked.root, asked.names)
        } catch {
            throw denial(of: path, access, error, isNamed: isNamed)
        }
        if let reason = reason(against: place) {
            throw denial(
                access.check, "file \(access.rawValue) of '\(Excerpt.of(path))': \(reason)", rule: "reserved folders",
                remedy: "use another folder: no entry of a manifest opens this one")
        }
        try require(
            access.check, "file \(access.rawValue) of '\(Excerpt.of(path))'", Self.member(access),
            entry: Excerpt.of(path)
        ) { capabilities throws(AccessDenial) in
            for grant in grants(capabilities, access) {
                let names = grant.components.map { Array($0.utf8) }
                // A grant that leads nowhere for certain has no effect.
                if let folder = try? resolver.canonical(grant.root, names), place.lies(in: folder) { return true }
            }
            if isNamed { throw denial(of: path, access, .leavesRoot, isNamed: true) }
            return false
        }
        return place
    }

    private func grants(_ capabilities: Capabilities, _ access: FileAccess) -> ArraySlice<FileGrant> {
        switch access {
        case .read: capabilities.fsRead.prefix(Self.maximumGrants)
        case .write: capabilities.fsWrite.prefix(Self.maximumGrants)
        }
    }

    private static func member(_ access: FileAccess) -> String {
        switch access {
        case .read: "fsRead"
        case .write: "fsWrite"
        }
    }

    // MARK: What is nobody's

    /// Where Amx keeps what it trusts: in the workspace, by its name and by where that leads.
    static func reserved(by resolver: PathResolver) -> [CanonicalPath] {
        let name = Array(".aimatrix".utf8)
        return [
            try? resolver.canonical(.workspace, [name]),
            (try? resolver.canonical(.workspace, []))?.appending([name]),
        ].compactMap { $0 }
    }

    /// Why no entry of a manifest opens a place; nil where one can.
    private func reason(against place: CanonicalPath) -> String? {
        if reserved.contains(where: { place.lies(in: $0) }) { return "the folder .aimatrix belongs to Amx" }
        if place.names.first?.elementsEqual("proc".utf8) == true {
            return "/proc shows the processes of the host, those of Amx among them"
        }
        return nil
    }

    // MARK: Denials

    private func denial(_ check: GateCheck, _ what: String, _ fault: String, _ remedy: String) -> AccessDenial {
        denial(check, "\(what): \(fault)", rule: "resolution of paths", remedy: remedy)
    }

    /// The denial of a path that leads nowhere for certain.
    private func denial(
        of path: String, _ access: FileAccess, _ fault: PathFault, isNamed: Bool
    ) -> AccessDenial {
        let (check, what) = (access.check, "file \(access.rawValue) of '\(Excerpt.of(path))'")
        // This one says nothing of the path.
        if fault == .noKernelSupport {
            return denial(
                check, what, "the kernel lacks openat2, or /proc is not there, so no path can be checked",
                "run capsules with files on Linux 5.6 or later, with /proc")
        }
        guard isNamed else {
            let place = declared.first?.place ?? "capabilities"
            return denial(
                check, "\(what) not declared in manifest", rule: "\(place).\(Self.member(access))",
                remedy: "add \"\(Excerpt.of(path))\" to \(place).\(Self.member(access)) in manifest.json")
        }
        return switch fault {
        case .leavesRoot:
            denial(
                check, what, "a symbolic link leads out of what is declared",
                "declare the folder that it leads to, or use no link")
        case .link:
            denial(check, what, "its symbolic links lead nowhere", "use no links in a circle, and none of the kernel's")
        case .dangling:
            denial(check, what, "a symbolic link leads to what is not there", "make what it leads to, or use no link")
        case .moved: denial(check, what, "it was moved while it was looked at", "try again")
        case .noRoot: denial(check, what, "there is no such folder here", "use a folder of the workspace, cwd://")
        case .noKernelSupport, .system:
            denial(check, what, Self.words(fault), "check the path, and who may look into its folders")
        }
    }

    private static func words(_ fault: PathFault) -> String {
        guard case .system(let number) = fault else { return "it cannot be resolved" }
        return String(cString: strerror(number))
    }
}
