// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "amx",
    products: [
        .executable(name: "amx", targets: ["amx"]),
        .executable(name: "amx-hub", targets: ["amx-hub"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: C libraries

        // libgit2's headers; the archive itself is linked by CGit2Local.
        .systemLibrary(name: "CGit2", providers: [.apt(["libgit2-dev"])]),
        // libgit2's archive without its network transports, which Amx never uses and which cost 3 ms at start-up.
        .target(
            name: "CGit2Local",
            linkerSettings: [
                .linkedLibrary(":libgit2.a"), .linkedLibrary(":libhttp_parser.a"), .linkedLibrary(":libpcre2-8.a"),
                .linkedLibrary(":libmbedcrypto.a"), .linkedLibrary(":libz.a"),
            ]),
        // libcurl's easy interface, loaded by dlopen at the first use of the network.
        .target(name: "CCurl"),
        // JavaScriptCore, loaded by dlopen where JavaScript is run.
        .target(name: "CJavaScriptCore"),
        // Wasmtime, loaded by dlopen where WebAssembly is run.
        .target(name: "CWasmtime"),
        // What the engines' programs in the sandbox share: lines to their supervisor, JSON, bytes that grow.
        .target(name: "CChannel"),
        // Linux system calls that Glibc's module hides.
        .target(name: "CLinux"),
        // libcrypto's digests and random bytes.
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        // Deflate over whole buffers, for writing packs.
        .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
        // RE2, for regular expressions that come from outside, behind functions of C.
        .target(name: "CRE2", linkerSettings: [.linkedLibrary(":libre2.a")]),
        // SQLite, for the stores of capsules.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        // The system call filter of the sandbox.
        .systemLibrary(name: "CSeccomp", providers: [.apt(["libseccomp-dev"])]),
        // Unicode normalisation and case folding for the tree rules.
        .systemLibrary(name: "CUtf8proc", providers: [.apt(["libutf8proc-dev"])]),
        // libyaml's parser, for the front matter of skills.
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        // zlib's streaming inflate, for looking into packs before they are trusted.
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        // zstd frames, for `.kc` files.
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),

        // MARK: Libraries, from the bottom up; arrows point down only

        // The object database: ids, repositories, refs, packs, tree rules, content digest, atomic files.
        .target(
            name: "Objects",
            dependencies: ["CGit2", "CGit2Local", "CLinux", "CCrypto", "CDeflate", "CUtf8proc", "CZlib"],
            swiftSettings: strict,
            linkerSettings: [
                .linkedLibrary(":libcrypto.a"), .linkedLibrary(":libdeflate.a"), .linkedLibrary(":libutf8proc.a"),
            ]),
        // Semantic versions, constraints, and the choice of versions that fit together, pure.
        .target(name: "Versions", swiftSettings: strict),
        // A capsule: its id, strict JSON, manifest, `.kc` file, signatures, and how two of them are compared and merged.
        .target(
            name: "Capsules",
            dependencies: ["Objects", "Versions", "CCrypto", "CLinux", "CYAML", "CZstd"],
            swiftSettings: strict,
            linkerSettings: [.linkedLibrary(":libyaml.a"), .linkedLibrary(":libzstd.a")]),
        // What is looked at before a capsule is trusted, and what it may reach: the scanner, the gate, permissions, levels.
        .target(
            name: "Guard", dependencies: ["Objects", "Versions", "Capsules", "CLinux", "CRE2"],
            swiftSettings: strict),
        // Git's wire protocol as pure values: pkt-line, upload-pack, receive-pack, for both sides.
        .target(name: "Wire", dependencies: ["Objects"], swiftSettings: strict),
        // A workspace: its capsules in both forms, status, commit, branches, diff, releases.
        .target(name: "Workspaces", dependencies: ["Objects", "Versions", "Capsules"], swiftSettings: strict),
        // The sandbox: its launcher, its file system, its system calls, and what the kernel holds of it.
        .target(
            name: "Isolation", dependencies: ["Objects", "CLinux", "CSeccomp"], swiftSettings: strict,
            linkerSettings: [.linkedLibrary(":libseccomp.a")]),
        // What runs of a capsule: engines over the sandbox, what they may ask their host for, and what comes of it.
        .target(
            name: "Runners",
            dependencies: [
                "Objects", "Versions", "Capsules", "Guard", "Isolation", "CCurl", "CLinux", "CSQLite",
            ],
            swiftSettings: strict, linkerSettings: [.linkedLibrary(":libsqlite3.a")]),
        // Remotes: fetch and push over smart HTTP or between local stores, and credentials.
        .target(
            name: "HubClient", dependencies: ["Objects", "Versions", "Capsules", "Wire", "Workspaces", "CCurl"],
            swiftSettings: strict),
        // The hub: git's smart HTTP, accounts and tokens, the JSON interface.
        .target(
            name: "HubServer",
            dependencies: [
                "Objects", "Versions", "Capsules", "Wire", "CCrypto", "CZlib",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // What the programs' help says, as manual pages and for completion.
        .target(
            name: "Manuals",
            dependencies: [
                "Objects", "Capsules", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // MARK: Executables: parse arguments, call, print

        // The command line. It must not depend on `amx-hub`, not even for build order: SwiftPM would link the hub's libraries
        // into it, which doubles its start-up. `amx demo` builds the hub itself when it doesn't find it.
        .executableTarget(
            name: "amx",
            dependencies: [
                "Objects", "Versions", "Capsules", "Guard", "Workspaces", "Isolation", "Runners", "HubClient",
                "Manuals",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // The hub's process and its administration.
        .executableTarget(
            name: "amx-hub",
            dependencies: [
                "Objects", "Capsules", "HubServer", "Manuals",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // What stands between Amx and a capsule's code.
        .executableTarget(name: "amx-worker", dependencies: ["Isolation", "CLinux"], swiftSettings: strict),
        // What runs a capsule's JavaScript, inside of the sandbox: C, linked without Swift's library, which may lie where the sandbox
        // shows nothing. SwiftPM links all programs by Swift's compiler, which leaves its library out for this kind only.
        .executableTarget(
            name: "amx-js", dependencies: ["CJavaScriptCore", "CChannel"],
            linkerSettings: [.unsafeFlags(["-enable-experimental-feature", "Embedded"])]),
        // What runs a capsule's WebAssembly there, in the same way.
        .executableTarget(
            name: "amx-wasm", dependencies: ["CWasmtime", "CChannel"],
            linkerSettings: [.unsafeFlags(["-enable-experimental-feature", "Embedded"])]),
        // The first process of a virtual machine's guest: C, with all that it needs in itself, since there is nothing else in the guest.
        .executableTarget(
            name: "amx-vm-init",
            linkerSettings: [
                .unsafeFlags([
                    "-enable-experimental-feature", "Embedded", "-Xclang-linker", "-static",
                    // Swift's compiler asks for what a static program does not have.
                    "-Xclang-linker", "-Wno-unused-command-line-argument",
                ])
            ]),
        // Measures Amx beside git and other peers.
        .executableTarget(
            name: "amx-bench",
            dependencies: [
                "Objects", "Versions", "Capsules", "Guard", "Workspaces", "Isolation", "Runners", "CLinux", "CWasmtime",
                "CZlib",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict,
            linkerSettings: [.linkedLibrary(":libz.a")]),

        // MARK: Tests

        // Temporary folders, other programs as oracles, seeded random numbers.
        .target(name: "TestSupport", dependencies: ["CLinux"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "ObjectsTests", dependencies: ["Objects", "TestSupport", "CZlib", "CCrypto"], swiftSettings: strict),
        .testTarget(name: "VersionsTests", dependencies: ["Versions", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "CapsulesTests", dependencies: ["Capsules", "Objects", "Versions", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "GuardTests", dependencies: ["Guard", "Capsules", "Objects", "TestSupport", "CLinux"],
            swiftSettings: strict),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Objects", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "WorkspacesTests", dependencies: ["Workspaces", "Capsules", "Objects", "Versions", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "IsolationTests",
            dependencies: ["Isolation", "Objects", "TestSupport", "CSeccomp", "amx-worker", "amx-vm-init"],
            swiftSettings: strict),
        .testTarget(
            name: "RunnersTests",
            dependencies: [
                "Runners", "Isolation", "Capsules", "Guard", "Objects", "Workspaces", "TestSupport", "CWasmtime",
                "amx-worker", "amx-js", "amx-wasm", "amx-vm-init",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HubClientTests",
            dependencies: [
                "HubClient", "Workspaces", "Wire", "Capsules", "Objects", "Versions", "CCurl", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HubServerTests",
            dependencies: [
                "HubServer", "Capsules", "Objects", "TestSupport", "amx-hub",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // The built executables, driven as a user would, against real git, tar, zstd.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "amx", "amx-hub", "amx-worker", "amx-js", "amx-wasm", "Capsules", "Manuals", "Objects", "Versions",
                "TestSupport",
            ],
            swiftSettings: strict),
    ]
)
