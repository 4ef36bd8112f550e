import Capsules
import Guard

/// Manifests and gates for tests.
enum GateFixture {
    /// A manifest with some members besides its identity, as JSON: `"capabilities": {…}`.
    static func manifest(_ members: String...) throws -> Manifest {
        let all = [#""id": "probe", "name": "Probe", "version": "1.0.0""#] + members
        return try Manifest.parse(Array("{\(all.joined(separator: ", "))}".utf8))
    }

    /// A gate of capabilities, as JSON.
    static func gate(_ capabilities: String, workspace: String? = nil, home: String? = nil) throws -> ManifestGate {
        ManifestGate(try manifest(#""capabilities": {\#(capabilities)}"#), workspace: workspace, home: home)
    }

    /// A gate of capabilities that no manifest was asked about.
    static func gate(_ change: (inout Capabilities) -> Void) -> ManifestGate {
        var capabilities = Capabilities()
        change(&capabilities)
        return ManifestGate(capsule: "probe", capabilities: capabilities, workspace: nil, home: nil)
    }

    /// A list of JSON strings.
    static func list(_ texts: [String]) -> String { JSONWriter.text(.array(texts.map { .string($0) })) }

    /// Why something is denied; nil where it is allowed.
    static func denial<Result>(_ check: () throws(AccessDenial) -> Result) -> AccessDenial? {
        do throws(AccessDenial) {
            _ = try check()
            return nil
        } catch {
            return error
        }
    }
}
