import Glibc
package import Objects

/// Wasmtime's library on this machine, where `hooks/setup` puts it.
package enum WasmLibrary {
    static let name = "libwasmtime-50.0.1.so"
    static let hint = "run `hooks/setup` of Amx's source, which puts it there"

    /// Its path: that of the machine before that of this user. `.failure` where there is none.
    package static func path(machine: String = "/usr/local/lib/amx", user: String? = nil) throws(AmxError) -> String {
        if access("\(machine)/\(name)", R_OK) == 0 { return "\(machine)/\(name)" }
        // The home that the system knows, whatever the environment says.
        let home = user ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) + "/.local/lib/amx" }
        if let home, access("\(home)/\(name)", R_OK) == 0 { return "\(home)/\(name)" }
        let places = [machine, home].compactMap { $0.map { "\($0)/\(name)" } }
        throw AmxError(
            .failure, "cannot run WebAssembly: there is no \(places.joined(separator: " and no "))", hint: hint)
    }
}
