package import Capsules
import Objects
import Versions

extension WorkspaceCapsule {
    /// Looks at the working form, the repository and `amx.lock`, and says how the capsule is.
    ///
    /// What cannot be looked at fails its check. What would need the capsule to run is not applicable as long as nothing runs
    /// capsules.
    package func health(lock: WorkspaceLock?, waiting: Set<CapsuleID> = []) -> HealthReport {
        let unmeasured = "nothing runs capsules here yet"
        var checks = [
            HealthCheck(.serviceStatus, .notApplicable, unmeasured),
            HealthCheck(.performanceMetrics, .notApplicable, unmeasured),
        ]
        let content: WorkingContent
        let manifest: Manifest
        do throws(AmxError) {
            content = try self.content()
            manifest = try Manifest.parse(bytes(of: TreePath(Manifest.fileName)))
        } catch {
            checks.append(HealthCheck(.dataIntegrity, .failed, error.message))
            for name in [HealthCheck.Name.resourceUsage, .dependencyHealth] {
                checks.append(HealthCheck(name, .notApplicable, "the capsule cannot be read"))
            }
            return HealthReport(of: id, checks, needsApproval: waiting.contains(id))
        }
        checks.append(integrity(of: content, lock?[id]))
        checks.append(Self.dependencies(of: manifest, lock))
        checks.append(Self.usage(content, manifest.resources))
        return HealthReport(
            of: id, checks, dependencyScore: Self.score(of: manifest, lock), needsApproval: waiting.contains(id))
    }

    private func integrity(of content: WorkingContent, _ entry: LockedCapsule?) -> HealthCheck {
        guard let entry else {
            return HealthCheck(.dataIntegrity, .notApplicable, "amx.lock says nothing of it")
        }
        do throws(AmxError) {
            if entry.isRelease, let base = try installedBase(), base != entry.commit {
                return HealthCheck(
                    .dataIntegrity, .failed,
                    "it is at \(base.abbreviated), and amx.lock has it at \(entry.commit.abbreviated)")
            }
            guard let repository = try repository(), try repository.header(entry.commit) != nil else {
                return HealthCheck(
                    .dataIntegrity, .failed, "commit \(entry.commit.abbreviated) of amx.lock is not here")
            }
            let found = try content.digest()
            if found == entry.digest { return HealthCheck(.dataIntegrity, .passed, "its content is \(found)") }
            if case .branch(let branch) = entry.line {
                return HealthCheck(
                    .dataIntegrity, .passed, "it is worked on, on \(branch): amx.lock has \(entry.digest)")
            }
            return HealthCheck(.dataIntegrity, .failed, "its content is \(found), and amx.lock has \(entry.digest)")
        } catch {
            return HealthCheck(.dataIntegrity, .failed, error.message)
        }
    }

    private static func dependencies(of manifest: Manifest, _ lock: WorkspaceLock?) -> HealthCheck {
        var problems: [String] = []
        var met = 0
        for dependency in manifest.dependencies where dependency.kind != .development {
            guard let version = lock?[dependency.id]?.version else {
                if dependency.kind != .optional { problems.append("\(dependency.id) is not here") }
                continue
            }
            if dependency.constraint.accepts(version) {
                met += 1
            } else {
                problems.append("\(dependency.id) is \(version), and \(dependency.constraint) is asked for")
            }
        }
        guard problems.isEmpty else {
            return HealthCheck(.dependencyHealth, .failed, problems.joined(separator: "; "))
        }
        return HealthCheck(.dependencyHealth, .passed, met == 1 ? "1 dependency is met" : "\(met) dependencies are met")
    }

    /// 1 less the weights of the dependencies that are not met, at least 0.
    private static func score(of manifest: Manifest, _ lock: WorkspaceLock?) -> Double {
        var hundredths = 100
        for dependency in manifest.dependencies {
            let version = lock?[dependency.id]?.version
            if let version, dependency.constraint.accepts(version) { continue }
            let weight =
                switch dependency.kind {
                case .required: 40
                case .peer: 25
                case .optional: version == nil ? 5 : 15
                case .development: 0
                }
            hundredths -= weight
        }
        return Double(max(hundredths, 0)) / 100
    }

    private static func usage(_ content: WorkingContent, _ resources: ResourceRequirements) -> HealthCheck {
        let bytes = content.files.reduce(Int64(0)) { $0 + Int64($1.size) }
        let measured = "its files have \(bytes) bytes"
        guard let room = resources.storage.persistent else {
            return HealthCheck(.resourceUsage, .passed, "\(measured), and no limit is declared")
        }
        return HealthCheck(
            .resourceUsage, bytes <= room.bytes ? .passed : .failed, "\(measured), and \(room) are declared")
    }
}
