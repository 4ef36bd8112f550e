import ArgumentParser
import Guard

/// From which severity on a finding makes `amx scan` fail.
enum ScanThreshold: String, ExpressibleByArgument, CaseIterable {
    case info
    case low
    case medium
    case high
    case critical
    /// Whatever is found.
    case never

    /// The least severity that fails; nil for none.
    var severity: Severity? { Severity(rawValue: rawValue) }
}
