import Glibc
import Objects

/// Wasmtime's library on this machine, where `hooks/setup` puts it.
enum WasmLibrary {
    static let name = "libwasmtime-50.0.1.so"
    static let hint = "run `hooks/setup` of Amx's source, which puts it there"

    /// Its path: that of the machine before that of this user. `.failure` where there is none.
    static func path() throws(AmxError) -> String {
        let home = getenv("HOME").map { String(cString: $0) } ?? ""
        let places = ["/usr/local/lib/amx/\(name)"] + (home.hasPrefix("/") ? ["\(home)/.local/lib/amx/\(name)"] : [])
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
            throw AmxError(
                .failure, "cannot run WebAssembly: there is no \(places.joined(separator: " and no "))", hint: hint)
        }
        return found
    }
}
