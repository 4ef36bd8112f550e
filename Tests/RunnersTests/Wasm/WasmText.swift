import CWasmtime
import Glibc
import Testing

@testable import Runners

/// Modules from their text form, made by Wasmtime's own function.
enum WasmText {
    /// Why the engine cannot be loaded here; nil where it was.
    private static let failure: String? = {
        do { return amx_wasm_load(try WasmLibrary.path()).map { String(cString: $0) } } catch { return "\(error)" }
    }()

    /// The bytes of a module.
    static func module(_ text: String) throws -> [UInt8] {
        try #require(failure == nil, "\(failure ?? "")")
        var (size, isModule) = (0, false)
        let made = text.withCString { amx_wasm_from_text($0, text.utf8.count, &size, &isModule) }
        defer { free(made) }
        let bytes = Array(UnsafeRawBufferPointer(start: made, count: size))
        try #require(isModule, "\(String(decoding: bytes, as: UTF8.self))")
        return bytes
    }
}
