/// Whether what runs has to run in a virtual machine.
package enum MachineDemand {
    /// It runs in a container.
    case none
    /// It runs in a virtual machine or not at all; nil where there are none.
    case needed(MachineSource?)
}
