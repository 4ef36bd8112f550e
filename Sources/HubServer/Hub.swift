import Glibc
import Hummingbird
package import Logging
import NIOCore
import Objects
import ServiceLifecycle
package import UnixSignals

/// A hub that serves one data directory over HTTP.
///
/// ``run(stopOnSignals:ready:)`` serves until a signal, ``stop()`` or cancellation; then requests under way finish within
/// the configured time.
package final class Hub: Sendable {
    private let directory: DataDirectory
    private let configuration: HubConfiguration
    private let accounts: AccountDatabase
    private let logger: Logger

    /// Opens the accounts of a data directory; nothing is served yet.
    package init(_ directory: DataDirectory, _ configuration: HubConfiguration, logger: Logger) throws {
        self.directory = directory
        self.configuration = configuration
        self.logger = logger
        accounts = try AccountDatabase(directory)
    }

    /// Serves until it is told to stop; returns when everything has ended and is on the disk.
    ///
    /// `ready` gets the hub's URL once connections are accepted. `.conflict` when another process serves the directory.
    /// Cancelling the task stops at once, without waiting for requests.
    package func run(
        stopOnSignals signals: [UnixSignal] = [], ready: @escaping @Sendable (String) async -> Void
    ) async throws {
        let lock = try directory.lock()
        let store = RepositoryStore(directory)
        try store.removeIncoming()
        Self.raiseDescriptorLimit()
        let claims = ClaimRegister(store, accounts, logger: logger)
        try claims.settle()
        let backend = GitBackend(store, claims, configuration)
        backend.keptPushes.sweep()
        let uses = TokenUseLog(accounts: accounts, logger: logger)
        var services = ServiceGroupConfiguration(
            services: [uses, application(backend, uses, ready)], gracefulShutdownSignals: signals, logger: logger)
        services.maximumGracefulShutdownDuration = .seconds(configuration.drainSeconds)
        let result: Result<Void, any Error>
        do {
            try await ServiceGroup(configuration: services).run()
            result = .success(())
        } catch is CancellationError {
            logger.warning("requests that were still under way have been cut off")
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await backend.stop()
        try accounts.close()
        _ = consume lock
        try result.get()
        logger.info("stopped")
    }

    private func application(
        _ backend: GitBackend, _ uses: TokenUseLog, _ ready: @escaping @Sendable (String) async -> Void
    ) -> some ApplicationProtocol {
        let listen = configuration.listen
        let logger = logger
        if !listen.isLoopback {
            logger.warning("tokens travel unencrypted: put a proxy with TLS in front of this address")
        }
        return Application(
            router: router(backend, uses),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ContinueHandler()],
                    idleTimeout: .seconds(Int64(configuration.idleSeconds)))),
            configuration: ApplicationConfiguration(
                address: .hostname(listen.host, port: listen.port), serverName: "amx-hub", backlog: 1_024,
                availableConnectionsDelegate: .maximum(Self.connectionLimit(), logger: logger)),
            onServerRunning: { channel in
                let url = listen.url(port: channel.localAddress?.port ?? listen.port)
                logger.info("ready", metadata: ["url": .string(url)])
                await ready(url)
            },
            logger: logger)
    }

    private func router(_ backend: GitBackend, _ uses: TokenUseLog) -> Router<HubContext> {
        let router = Router(context: HubContext.self)
        router.add(middleware: RequestLogMiddleware())
        router.add(middleware: ErrorMiddleware(hub: backend.failure))
        router.addRoutes(HealthRoutes.routes())
        let gate = AccessGate(
            policy: AccessPolicy(publicRead: configuration.publicRead), store: backend.store, workers: backend.quick)
        router.group()
            .add(middleware: AuthenticationMiddleware(accounts: accounts, uses: uses))
            .addRoutes(
                CapsuleRoutes(accounts: accounts, store: backend.store, workers: backend.quick, gate: gate).routes()
            )
            .addRoutes(
                RefsRoutes(
                    accounts: accounts, refs: OwnerRefs(backend.store), workers: backend.quick, gate: gate
                ).routes()
            )
            .addRoutes(
                IndexRoutes(
                    indexes: CapsuleIndexes(backend.store, limits: backend.limits), claims: backend.claims,
                    workers: backend.quick, gate: gate
                ).routes()
            )
            .addRoutes(YankRoutes(backend: backend, gate: gate).routes())
            .addRoutes(GitRoutes(backend: backend, gate: gate).routes())
        return router
    }

    /// Lets the process have as many files and connections open as the system allows it.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// How many connections fit beside the files that the hub itself needs; more wait until one is closed.
    private static func connectionLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
        return min(max(Int(clamping: limit.rlim_cur) - 512, 64), 16_384)
    }
}
