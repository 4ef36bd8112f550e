/// A part of a file that is read as if it were a file of its own.
package struct FilePart: Sendable, Hashable {
    /// What it is called, for messages.
    package let name: String
    /// Where its bytes stand in the file.
    package let region: Range<Int>

    /// Names a part.
    package init(_ name: String, _ region: Range<Int>) { (self.name, self.region) = (name, region) }
}
