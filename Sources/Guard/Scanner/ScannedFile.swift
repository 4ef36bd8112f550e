package import Objects

/// A file that is given to the scanner.
package struct ScannedFile: Sendable {
    package let path: TreePath
    package let content: [UInt8]

    package init(path: TreePath, content: [UInt8]) {
        self.path = path
        self.content = content
    }
}
