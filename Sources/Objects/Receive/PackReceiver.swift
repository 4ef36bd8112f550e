/// Takes a pack in from outside: indexes it in quarantine, checks it, then publishes or forgets it.
///
/// The order of calls is ``receive(_:)`` any number of times, ``finish()``, then what the caller checks on the incoming
/// objects, then ``publish()`` or ``discard()``. Until `publish` has returned, no reader of the repository sees anything of
/// it; afterwards pack, index and folder are on the disk, and refs may move. Any error leaves the repository as it was; the
/// quarantine goes with ``discard()`` or with the receiver. Calls block and come from one thread at a time.
package protocol PackReceiver: AnyObject {
    /// Takes the next bytes; throws as soon as they break the format or pass a limit.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(AmxError)
    /// Whether the pack is complete: no more bytes are expected.
    var isComplete: Bool { get }
    /// Resolves and indexes what has been received; throws when the pack is cut off or an object is malformed.
    func finish() throws(AmxError) -> IncomingObjects
    /// Makes the objects part of the repository, durably.
    func publish() throws(AmxError)
    /// Forgets everything.
    func discard()
}

extension PackReceiver {
    /// Takes the next bytes; throws as soon as they break the format or pass a limit.
    package func receive(_ bytes: [UInt8]) throws(AmxError) {
        let failure: AmxError? = bytes.withUnsafeBytes { buffer in
            do throws(AmxError) { try receive(buffer) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }
}
