/// What a capsule needs to run. What the manifest leaves out is nil: then the runner's own limits hold.
package struct ResourceRequirements: Hashable, Sendable {
    /// Memory, where `min <= recommended <= max`.
    package struct Memory: Hashable, Sendable {
        package var min: ByteSize?
        package var recommended: ByteSize?
        package var max: ByteSize?
    }

    /// Processor cores, also fractions, where `min <= recommended`.
    package struct Processor: Hashable, Sendable {
        package var min: Double?
        package var recommended: Double?
    }

    /// Room for files.
    package struct Storage: Hashable, Sendable {
        /// What stays between runs.
        package var persistent: ByteSize?
        /// What a run may use and loses at its end.
        package var temporary: ByteSize?
    }

    /// Hosts that are talked to.
    package struct Network: Hashable, Sendable {
        package var outbound: [String] = []
        package var inbound: [String] = []
    }

    package var memory = Memory()
    package var cpu = Processor()
    package var storage = Storage()
    package var network = Network()

    /// Asks for nothing.
    package init() {}
}
