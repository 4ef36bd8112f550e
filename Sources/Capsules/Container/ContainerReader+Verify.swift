package import Objects

extension ContainerReader {
    /// Reads the whole archive, compares it with the index and the limits, and tells what it holds.
    ///
    /// This is what makes a `.kc` file's content trusted to be what its digest says: headers, places and checksums are compared, and the
    /// set of paths keeps the tree rules.
    @discardableResult
    package func verify() throws(AmxError) -> ContainerContents {
        try forEachFile { _ in }
    }

    /// Reads the whole archive as `verify` does and shows each file to `visit`, in the archive's order.
    ///
    /// A file's content can be taken once, during its visit; what is not taken is read and checked all the same. After a visit the file
    /// agrees with the index, but the archive as a whole is verified only when the call returns: on an error, undo what the visits did.
    @discardableResult
    package func forEachFile(
        _ visit: (ContainerFile) throws(AmxError) -> Void
    ) throws(AmxError) -> ContainerContents {
        var pass = try ContainerPass(self)
        while try pass.next(visit) {}
        return try pass.finish()
    }
}
