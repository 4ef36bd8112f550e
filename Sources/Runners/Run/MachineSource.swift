package import Isolation

/// Where the virtual machines of runs come from.
package struct MachineSource {
    package var parts: VirtualMachine.Parts
    /// Is called before a guest is booted, which takes seconds.
    package var willBoot: () -> Void

    package init(_ parts: VirtualMachine.Parts, willBoot: @escaping () -> Void = {}) {
        (self.parts, self.willBoot) = (parts, willBoot)
    }
}
