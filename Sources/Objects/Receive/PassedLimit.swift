/// Marks, as the cause of an error, that a pack passes a limit, by the limit's name in ``Limits``.
package struct PassedLimit: Error, Hashable {
    /// The limit's name.
    package let setting: String
}
