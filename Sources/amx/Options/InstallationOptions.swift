import ArgumentParser

/// The options of commands that install, move or remove capsules.
struct InstallationOptions: ParsableArguments {
    @Flag(name: .customLong("dry-run"), help: "Say what would be done, and do nothing.") var isDryRun = false
    @Flag(name: .customLong("offline"), help: "Use only what was fetched before.") var isOffline = false
    @Flag(help: "Agree to what the capsules may do that they could not before.") var approve = false
}
