import Isolation
import Runners

/// Where this user's virtual machines come from.
enum MachineSettings {
    /// Images are kept with the user's other caches; the kernel is the system's, or below the folder that `AMX_GUEST_KERNEL` names.
    /// `announce` is called before an image is made.
    static func machines(_ worker: String, _ announce: @escaping () -> Void) -> MachineSource? {
        guard let cache else { return nil }
        var parts = VirtualMachine.Parts(worker: worker, cache: cache)
        if let folder = Environment["AMX_GUEST_KERNEL"] { parts.kernels = [folder] }
        return MachineSource(parts, willBoot: announce)
    }

    /// Tells that an image is made.
    static func announce(_ output: Output) {
        guard !output.isQuiet, !output.asJSON else { return }
        // A lost line is no reason to fail.
        try? output.tell { _ in "making the image of a virtual machine, once: this takes some seconds" }
    }

    private static var cache: String? {
        // A relative XDG path is to be ignored (XDG base directory specification).
        if let folder = Environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return "\(folder)/amx/vm" }
        return Environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.cache/amx/vm" : nil }
    }
}
