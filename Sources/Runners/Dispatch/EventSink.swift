/// What gets every event of a bus as it is published.
protocol EventSink: AnyObject, Sendable {
    /// Takes an event on the publisher's thread, without waiting for anything.
    func take(_ event: BusEvent)
}
