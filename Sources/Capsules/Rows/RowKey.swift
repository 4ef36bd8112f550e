/// What tells a row of JSON lines apart from the others: its `id`, a text or a whole number.
package enum RowKey: Sendable, Hashable {
    case text([UInt8])
    case number(Int64)
}
