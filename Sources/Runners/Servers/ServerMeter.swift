import Isolation

/// What a server has used up to a moment.
struct ServerMeter {
    var (processorMicroseconds, peakBytes): (UInt64, UInt64) = (0, 0)
    var (bytesOut, bytesIn): (UInt64, UInt64) = (0, 0)

    /// What one run used: the difference; `ended` is what is known of a server that ended in it.
    func usage(since before: ServerMeter, _ ended: ResourceUsage) -> ResourceUsage {
        var usage = ended
        let processor = max(ended.processorMicroseconds, processorMicroseconds)
        usage.processorMicroseconds =
            processor > before.processorMicroseconds ? processor - before.processorMicroseconds : 0
        usage.peakBytes = max(ended.peakBytes, peakBytes)
        // What goes to the server is what the run was given.
        usage.bytesIn = bytesOut - before.bytesOut
        usage.bytesOut = bytesIn - before.bytesIn
        return usage
    }
}

extension ServerSession {
    /// What the server has used so far; of processor and memory nothing where no control group counts them, or it has ended.
    var meter: ServerMeter {
        let used = program.counted
        let bytes = connection.bytes
        return ServerMeter(
            processorMicroseconds: used?.processorMicroseconds ?? 0, peakBytes: used?.peakBytes ?? 0,
            bytesOut: bytes.out, bytesIn: bytes.in)
    }
}
