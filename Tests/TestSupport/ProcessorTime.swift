import Glibc

/// The time for which this thread had a processor: other tests, however many run, don't change it.
public enum ProcessorTime {
    /// What it has taken so far.
    public static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// What a piece of work takes on this thread; what it lets other threads do is not in it.
    public static func of<Failure: Error>(_ work: () throws(Failure) -> Void) throws(Failure) -> Duration {
        let start = now
        try work()
        return now - start
    }
}
