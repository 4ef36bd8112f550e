/// The part of a fetch's answer before the pack, and whether one follows.
package struct FetchAnswer: Sendable, Hashable {
    /// What is sent first.
    package let head: [UInt8]
    /// How the pack that follows is framed; nil when the answer ends with `head`.
    package let pack: PackFraming?
}
