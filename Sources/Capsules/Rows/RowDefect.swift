/// Why a file is not taken as a matrix of rows, so that it is compared and merged as a whole instead.
package struct RowDefect: Error, Sendable, Hashable {
    /// The reason in words, to follow "not compared by rows: ".
    package let reason: String

    /// Makes a defect.
    package init(reason: String) { self.reason = reason }
}
