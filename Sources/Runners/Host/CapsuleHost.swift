package import Capsules
import Guard
import Objects

/// The host functions of one run (`docs/host-functions.md`): each asks first whether the manifest allows it.
///
/// It is used by one thread, which waits while a function does its work. Denials, events and log lines are collected
/// for the runner.
package struct CapsuleHost: HostInterface {
    /// The denials so far.
    package private(set) var denials = DenialList()
    /// The events so far, in their order.
    package internal(set) var events: [EmittedEvent] = []
    /// What was called so far.
    package private(set) var calls: HostCallRecord
    /// The log so far.
    package internal(set) var log: [LogLine] = []

    let rules: DeclaredRules
    let permissions: HostPermissions
    let assets: CapsuleAssets
    let http: HTTPBroker
    let configuration: HostConfiguration
    let secrets: HostSecrets
    /// Where the store lies; nil where there is no place for one.
    let storeFile: String?
    let persistentStorage: Bool?
    let quota: ByteSize?
    var store: KeyValueStore?
    var eventBytes = 0
    var logBytes = 0
    var isLogFull = false

    /// Offers what the manifest declares for the capsule, or for one of its components by its id. Where no broker is
    /// given, requests are the manifest's as well. `caller` are the fields that conditions of grants can test in every
    /// request: `user`, `organization`, `tool`. Where it is audited, each call is written down.
    package init(
        _ manifest: Manifest, component: String? = nil, assets: CapsuleAssets, stores: StoreFolder? = nil,
        configuration: JSONObject = JSONObject(), http: HTTPBroker? = nil, caller: JSONObject = JSONObject(),
        isAudited: Bool = false
    ) {
        rules = DeclaredRules(manifest, component: component)
        calls = HostCallRecord(isDetailed: isAudited)
        permissions = HostPermissions(manifest, caller: caller)
        self.assets = assets
        self.http =
            http
            ?? HTTPBroker(
                gate: ManifestGate(manifest, component: component, workspace: nil, home: nil),
                allowance: NetworkAllowance(
                    manifest, ceiling: RunLimits.ceiling.networkCalls.map { Int(clamping: $0) }))
        self.http.permissions = permissions
        self.configuration = HostConfiguration(configuration, variables: manifest.environment)
        secrets = self.configuration.secrets
        storeFile = stores?.file(of: manifest.id)
        persistentStorage = manifest.sandbox.persistentStorage
        quota = manifest.resources.storage.persistent
    }

    /// No request takes longer than the run.
    package mutating func begin(until deadline: Int64) { http.deadline = deadline }

    /// How many requests were made.
    package var networkCalls: UInt64 { UInt64(http.used) }

    /// The names of all functions.
    package static let methods = [
        "assets.list", "assets.read", "config.get", "events.emit", "http.request", "kv.delete", "kv.get", "kv.list",
        "kv.set", "log",
    ]

    package mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
        do throws(HostRefusal) {
            let result = try dispatch(method, parameters)
            calls.add(method, parameters, nil, hiding: secrets)
            return result
        } catch {
            let fault: HostFault
            switch error {
            case .fault(let plain): fault = plain
            case .denied(let denial):
                denials.add(secrets.hiding(denial))
                fault = denial.fault
            }
            calls.add(method, parameters, fault.kind, hiding: secrets)
            throw fault
        }
    }

    /// A text without the values of the capsule's secrets.
    package func hiding(_ text: String) -> String { secrets.hiding(text) }

    /// A value without the values of the capsule's secrets.
    package func hiding(_ value: JSONValue) -> JSONValue { secrets.hiding(value) }

    private mutating func dispatch(_ method: String, _ parameters: JSONValue) throws(HostRefusal) -> JSONValue {
        func read(_ names: String...) throws(HostRefusal) -> HostParameters {
            try HostParameters(method, parameters, names)
        }
        switch method {
        case "assets.list": return try listAssets(read("prefix", "after", "limit"))
        case "assets.read": return try readAsset(read("path", "encoding", "offset", "length"))
        case "config.get": return try getConfiguration(read("key"))
        case "events.emit": return try emit(read("topic", "data"))
        case "http.request": return try request(read("method", "url", "headers", "body", "encoding"))
        case "kv.delete": return try deleteValue(read("key"))
        case "kv.get": return try getValue(read("key"))
        case "kv.list": return try listKeys(read("prefix", "after", "limit"))
        case "kv.set": return try setValue(read("key", "value"))
        case "log": return try addToLog(read("level", "message", "data"))
        default:
            throw .fault(HostFault(.unknownMethod, "there is no host function '\(TreeRules.printable(method.utf8))'"))
        }
    }
}
