package import Objects
import Versions

/// A bundle whose members are what its `bundle.json` says, and whose documents fit each other.
///
/// What the releases in it are is not looked at yet. A value; what it opens is read from the file again. Calls block.
package struct BundleReader: Sendable {
    /// The archive.
    package let archive: BundleArchive
    /// `bundle.json`.
    package let bundle: BundleManifest
    /// The bytes of `bundle.json`, which are what is signed.
    package let bundleBytes: [UInt8]
    /// The armoured signature; nil where there is none.
    package let signature: [UInt8]?
    /// What the workspace requires.
    package let manifest: WorkspaceManifest
    /// What its capsules are at: releases only.
    package let lock: WorkspaceLock

    private let members: [String: BundleArchive.Member]

    /// The path, as it was given.
    package var path: String { archive.path }

    /// Reads a file; throws with ``BundleProblems`` as the cause where it is not what a bundle must be.
    package init(_ path: String, limits: Limits = .standard) throws(AmxError) {
        let failed = "cannot read \(path)"
        do throws(AmxError) {
            archive = try BundleArchive(path, limits: limits)
        } catch {
            guard error.code == .verification || error.code == .failure else { throw error }
            let finding = BundleFinding(BundleFormat.manifestName, error)
            throw AmxError(
                error.code, error.message, hint: error.hint, cause: BundleProblems(findings: [finding]))
        }
        var findings: [BundleFinding] = []
        guard let first = archive.members.first else {
            throw AmxError(.verification, "\(failed): it has no members")
        }
        bundleBytes = try archive.bytes(of: first)
        do throws(AmxError) {
            bundle = try BundleManifest.parse(bundleBytes)
        } catch {
            try BundleProblems.check([BundleFinding(BundleFormat.manifestName, error)], failed)
            throw error
        }
        findings += Self.problems(of: bundle)
        findings += Self.problems(of: archive.members, against: bundle)
        try BundleProblems.check(findings, failed)
        members = Dictionary(archive.members.map { ($0.file.file, $0) }, uniquingKeysWith: { first, _ in first })
        var rest = archive.members.dropFirst()
        if let second = rest.first, second.file.file == BundleFormat.signatureName {
            signature = try archive.bytes(of: second)
            rest = rest.dropFirst()
        } else {
            signature = nil
        }
        do throws(AmxError) {
            guard let manifestMember = rest.first, let lockMember = rest.dropFirst().first else {
                throw AmxError(.verification, "its documents are missing")
            }
            manifest = try WorkspaceManifest.parse(archive.bytes(of: manifestMember))
            lock = try WorkspaceLock.parse(archive.bytes(of: lockMember))
        } catch {
            try BundleProblems.check([BundleFinding(WorkspaceLock.fileName, error)], failed)
            throw error
        }
        try BundleProblems.check(Self.problems(of: bundle, against: lock), failed)
    }

    /// The member with a name that `bundle.json` has.
    package func member(_ file: BundledFile) throws(AmxError) -> BundleArchive.Member {
        if let member = members[file.file], member.file == file { return member }
        throw AmxError(.verification, "cannot read \(path): \(file.file) is missing")
    }

    /// The verdict on the signature, by those who may sign.
    package func verdict(by allowed: AllowedSigners) -> SignatureVerdict {
        guard let signature else { return SignatureVerdict(.none) }
        return TrustedSigners(allowed: allowed).judge(bundle: bundleBytes, signature: signature)
    }

    // MARK: Checks

    /// What is wrong with a `bundle.json` by itself.
    private static func problems(of bundle: BundleManifest) -> [BundleFinding] {
        var findings: [BundleFinding] = []
        if !BundleFormat.isName(bundle.name) {
            findings.append(
                BundleFinding(
                    .name, bundle.name, "its name '\(TreeRules.printable(bundle.name.utf8))' is none that a bundle has")
            )
        }
        if bundle.capsules.isEmpty { findings.append(BundleFinding(.noCapsules, bundle.name, "it has no capsules")) }
        for (left, right) in zip(bundle.capsules, bundle.capsules.dropFirst()) where left.id == right.id {
            findings.append(
                BundleFinding(.duplicate, right.id.string, "\(BundleFormat.manifestName) has \(right.id) twice"))
        }
        for (file, name) in [(bundle.manifest, WorkspaceManifest.fileName), (bundle.lock, WorkspaceLock.fileName)]
            + bundle.capsules.flatMap({
                [
                    ($0.content, BundleFormat.contentPath($0.id, $0.version)),
                    ($0.history, BundleFormat.historyPath($0.id, $0.version)),
                ]
            })
        where !file.file.utf8.elementsEqual(name.utf8) {
            findings.append(
                BundleFinding(
                    .damaged, name,
                    "\(BundleFormat.manifestName) calls \(name) '\(TreeRules.printable(file.file.utf8))'"))
        }
        return findings
    }

    /// What members differ from those that a `bundle.json` names, in the order that they must have.
    private static func problems(
        of members: [BundleArchive.Member], against bundle: BundleManifest
    ) -> [BundleFinding] {
        var findings: [BundleFinding] = []
        var found = members.map(\.file)
        if let first = found.first, first.file == BundleFormat.manifestName { found.removeFirst() }
        if let first = found.first, first.file == BundleFormat.signatureName { found.removeFirst() }
        let expected = bundle.files
        guard found != expected else { return [] }
        let known = Dictionary(expected.map { ($0.file, $0) }, uniquingKeysWith: { first, _ in first })
        let present = Set(found.map(\.file))
        for file in expected where !present.contains(file.file) {
            findings.append(BundleFinding(.missing, file.file, "\(file.file) is missing"))
        }
        for file in found {
            let name = TreeRules.printable(file.file.utf8)
            guard let stated = known[file.file] else {
                findings.append(BundleFinding(.unexpected, name, "nothing in it names \(name)"))
                continue
            }
            if stated.size != file.size {
                findings.append(
                    BundleFinding(
                        .damaged, name,
                        "\(name) has \(file.size) bytes, and \(stated.size) by \(BundleFormat.manifestName)"
                    ))
            } else if stated.sha256 != file.sha256 {
                findings.append(
                    BundleFinding(
                        .damaged, name,
                        "\(name) is not what \(BundleFormat.manifestName) says: its SHA-256 is \(file.sha256)"))
            }
        }
        guard findings.isEmpty else { return findings }
        return [
            BundleFinding(.damaged, BundleFormat.manifestName, "its members are not in the order of a bundle's")
        ]
    }

    /// What releases differ from those that a lock names.
    private static func problems(of bundle: BundleManifest, against lock: WorkspaceLock) -> [BundleFinding] {
        var findings: [BundleFinding] = []
        let bundled = Set(bundle.capsules.map(\.id))
        for entry in lock.capsules {
            if !entry.isRelease || entry.lane != nil {
                findings.append(
                    BundleFinding(
                        .notARelease, entry.id.string, "\(WorkspaceLock.fileName) names no release of \(entry.id)"))
            } else if !bundled.contains(entry.id) {
                findings.append(
                    BundleFinding(
                        .missing, entry.id.string,
                        "\(WorkspaceLock.fileName) names \(entry.id) \(entry.version.text), which is missing"))
            }
        }
        for capsule in bundle.capsules {
            guard let entry = lock[capsule.id] else {
                findings.append(
                    BundleFinding(
                        .unexpected, capsule.id.string, "\(WorkspaceLock.fileName) does not name \(capsule.id)"))
                continue
            }
            if entry.isRelease, !capsule.isRelease(of: entry) {
                findings.append(
                    BundleFinding(
                        .damaged, capsule.id.string,
                        "\(BundleFormat.manifestName) and \(WorkspaceLock.fileName) say different things of \(capsule.id)"
                    ))
            }
        }
        return findings
    }
}
