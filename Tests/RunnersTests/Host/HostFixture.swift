import Capsules
import Objects
import TestSupport
import Testing

@testable import Runners

/// A capsule in a folder, and what its host answers.
struct HostFixture {
    let folder: TemporaryDirectory
    var host: CapsuleHost

    /// Makes a capsule of files, with further members of its manifest.
    init(
        _ members: JSONObject = JSONObject(), files: [String: String] = [:], configuration: JSONObject = JSONObject(),
        component: String? = nil, organisation: String? = nil, in folder: TemporaryDirectory? = nil,
        http: HTTPBroker? = nil, caller: JSONObject = JSONObject()
    ) throws {
        self.folder = try folder ?? TemporaryDirectory("amx-host")
        let manifest = try Self.manifest(members)
        var paths: [TreePath] = []
        try self.folder.write("capsule/unlisted.txt", text: "not of the capsule")
        for (path, text) in files {
            try self.folder.write("capsule/\(path)", text: text)
            paths.append(try TreePath(path))
        }
        let assets = try CapsuleAssets(paths, in: self.folder.path + "/capsule")
        let stores = StoreFolder(self.folder.path + "/stores", organisation: try organisation.map { try OwnerName($0) })
        host = CapsuleHost(
            manifest, component: component, assets: assets, stores: stores, configuration: configuration, http: http,
            caller: caller)
    }

    static func manifest(_ members: JSONObject) throws -> Manifest {
        let identity: [(String, JSONValue)] = [("id", "orders"), ("name", "Orders"), ("version", "1.0.0")]
        // A member that is given takes the place of these.
        let document = JSONValue.object(JSONObject(identity + members.members.map { ($0.key, $0.value) }))
        return try Manifest.parse(JSONWriter.bytes(document))
    }

    /// What a call gives.
    mutating func ask(_ method: String, _ parameters: JSONValue = .null) throws(HostFault) -> JSONValue {
        try host.answer(method, parameters)
    }

    /// Why a call gives nothing.
    mutating func fault(
        _ method: String, _ parameters: JSONValue, sourceLocation: SourceLocation = #_sourceLocation
    ) -> HostFault? {
        do throws(HostFault) {
            let result = try host.answer(method, parameters)
            Issue.record("\(method) gave \(result)", sourceLocation: sourceLocation)
            return nil
        } catch {
            return error
        }
    }
}
