import Objects
import Synchronization

/// One of many transitions of an operation, prepared, carried out and taken back on whatever threads.
final class CarriedStep: Sendable {
    private let step: OperationNote.Step
    private let workspace: Workspace
    private let carried = Mutex<CarriedTransition?>(nil)

    /// Describes it; nothing is prepared yet.
    init(_ step: OperationNote.Step, in workspace: Workspace) { (self.step, self.workspace) = (step, workspace) }

    /// Writes the new files beside the working form.
    func prepare() throws(AmxError) {
        let capsule = workspace.capsule(step.id)
        let transition = step.transition
        try carried.withLock { (slot) throws(AmxError) in
            slot = try CarriedTransition(transition, of: capsule, in: capsule.existingRepository())
        }
    }

    /// Changes the form and the references.
    func apply() throws(AmxError) { try carried.withLock { (slot) throws(AmxError) in try slot?.apply() } }

    /// Takes back what `apply` has done, wholly or in part.
    func undo() throws(AmxError) { try carried.withLock { (slot) throws(AmxError) in try slot?.undo() } }
}
