import Objects
import Wire

/// What all requests of git share: the repositories, the threads that work on them, and the bounds on what comes in.
struct GitBackend: Sendable {
    let store: RepositoryStore
    let limits: Limits
    /// Threads for work that takes milliseconds: reading refs.
    let quick: Workers
    /// Threads for packs, which a client may keep busy for as long as it sends or reads.
    let transfers: Workers
    let locks = RepositoryLocks()
    /// What has come of pushes that broke off.
    let keptPushes: KeptPushes
    /// Whose an id by itself is.
    let claims: ClaimRegister
    let failure: HubFailure
    private let hooks: PolicyScript
    let upload: UploadPackFeatures
    let receive: ReceivePackFeatures

    init(_ store: RepositoryStore, _ claims: ClaimRegister, _ configuration: HubConfiguration) {
        self.store = store
        self.claims = claims
        limits = configuration.limits
        failure = HubFailure(store.directory)
        keptPushes = KeptPushes(store.directory)
        hooks = PolicyScript(store.directory, seconds: configuration.scriptSeconds)
        quick = Workers(threads: 8, queue: 4_096)
        transfers = Workers(threads: configuration.transfers, queue: 4 * configuration.transfers)
        upload = UploadPackFeatures(agent: Agent.name(version: configuration.version), resume: true)
        receive = ReceivePackFeatures(agent: Agent.name(version: configuration.version), resume: true)
    }

    /// What the hub's operator has written to judge pushes; nil where there is nothing.
    var script: PolicyScript? { hooks.exists ? hooks : nil }

    /// Waits for the work under way and ends the threads.
    func stop() async {
        await quick.stop()
        await transfers.stop()
    }
}
