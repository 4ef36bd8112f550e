package import Capsules
package import Objects

extension Workspace {
    /// Throws the typed error of an illegal transition when the events of a capsule say that it was here, and what it is now allows no
    /// such transition; returns for a capsule of which there are no events.
    ///
    /// `.conflict` with an ``IllegalTransition`` as its cause, which lists what is legal.
    package func checkTransition(_ transition: LifecycleTransition, of id: CapsuleID) throws(AmxError) {
        let stream = EventStream(id, of: try organization())
        let state = try EventStore(self).state(of: stream).state
        guard !state.isEmpty, let projected = LifecycleState(projected: state) else { return }
        _ = try projected.applying(transition, of: id)
    }
}
