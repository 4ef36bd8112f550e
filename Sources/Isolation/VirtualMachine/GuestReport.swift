/// What the first process of a guest says of the program that it ran: the last bytes of the machine's standard error.
///
/// Nothing of the program runs any more when they are written. A program that has taken over the guest's kernel can say what it
/// wants, as can any program of its own exit status.
struct GuestReport: Hashable {
    var ending: LaunchReply.Ending
    /// What the program and all that it started used in the guest.
    var (processorMicroseconds, peakBytes): (UInt64, UInt64)
    /// How many bytes of standard output are the program's; others behind them mean nothing.
    var outputBytes: UInt64

    private static let mark = Array("\0amx-vm\n".utf8)
    private static let byteCount = 64

    /// Takes the report off the bytes; nil, with the bytes as they were, where there is none.
    init?(takenFrom errors: inout [UInt8]) {
        // The program may have written such a mark before; only zeros are behind the report.
        guard errors.count >= Self.byteCount, let end = errors.lastIndex(of: UInt8(Self.byteCount)) else { return nil }
        let start = end + 8 - Self.byteCount
        guard start >= 0, end + 8 <= errors.count, errors[(end + 1)...].allSatisfy({ $0 == 0 }),
            errors[start..<start + 8].elementsEqual(Self.mark)
        else { return nil }
        var decoder = LaunchDecoder(Array(errors[start + 8..<end + 8]))
        guard let kind = decoder.number(), let number = decoder.number(), let processor = decoder.number(),
            let peak = decoder.number(), decoder.number() != nil,
            let output = decoder.number(), let small = UInt8(exactly: number)
        else { return nil }
        switch kind {
        case 0: ending = .setupFailed
        case 1: ending = .exited(small)
        case 2: ending = .signalled(small)
        case 4: ending = .outOfMemory
        default: return nil
        }
        (processorMicroseconds, peakBytes, outputBytes) = (processor, peak, output)
        errors.removeSubrange(start...)
    }
}
