import Capsules
import Objects
import Runners

/// The engines of a capsule that stay for its next run, as long as that is to have the same around it.
///
/// Not for use by several threads at once. When it goes, they are ended.
final class KeptRunner {
    /// What engines were started with.
    struct Terms: Hashable {
        var settings: [String: String]
        var heldMemory: Bool
        var isolation: SandboxSettings.Isolation?
    }

    private var present: (runner: CapsuleRunner, terms: Terms)?

    /// The engines for some terms: those that are there, or others, once those have left.
    func runner(_ terms: Terms, make: () -> CapsuleRunner) throws(AmxError) -> CapsuleRunner {
        if let present {
            if present.terms == terms { return present.runner }
            self.present = nil
            try present.runner.engines.unload()
        }
        let runner = make()
        present = (runner, terms)
        return runner
    }
}
