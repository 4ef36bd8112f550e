/// What a fetch or a push is doing, for a progress display.
package enum TransferProgress: Sendable, Hashable {
    /// Finding out what the other side lacks.
    case counting
    /// Sending a pack: the bytes so far and the objects of the whole pack.
    case sending(bytes: Int, objects: Int)
    /// Going on with a pack of which so many bytes came, or went, in an earlier transfer.
    case resuming(bytes: Int)
    /// Receiving a pack: the bytes so far and the objects of the whole pack, 0 where that is not known.
    case receiving(bytes: Int, objects: Int)
    /// Checking the objects that were received.
    case checking(objects: Int)
    /// Text of the other side for the user, free of control characters other than line breaks.
    case message(String)
}
