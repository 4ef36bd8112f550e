import Objects

/// A change of a working form that has been prepared beside it.
protocol FormChange {
    /// Makes the change, durably.
    func apply() throws(AmxError)
    /// Takes back what `apply` has done, wholly or in part; needs no space on the disk.
    func undo() throws(AmxError)
}

extension DirectoryChange: FormChange {}
