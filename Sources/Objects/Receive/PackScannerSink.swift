/// Gets the whole objects of a pack as they stream by; deltas come later, when their bases are known.
protocol PackScannerSink: AnyObject {
    /// An object of this kind and size follows.
    func begin(_ kind: ObjectKind, size: Int) throws(AmxError)
    /// The object's next bytes, valid only during the call.
    func content(_ bytes: UnsafeRawBufferPointer) throws(AmxError)
    /// The object is complete; answers with its id.
    func end() throws(AmxError) -> ObjectID
}
