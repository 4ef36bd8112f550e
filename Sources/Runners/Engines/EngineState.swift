/// What an engine, or one of its servers, is at (row S-092).
package enum EngineState: Hashable, Sendable {
    case unloaded
    case loading
    case ready
    /// What went wrong, in words.
    case failed(String)
    case unloading
}
