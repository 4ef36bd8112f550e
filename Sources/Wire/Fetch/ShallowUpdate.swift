package import Objects

/// How a client's shallow boundary changes by a fetch.
package struct ShallowUpdate: Sendable, Hashable {
    /// Commits whose parents the client will not have.
    package var shallow: [ObjectID]
    /// Commits of the client's old boundary whose parents it will have.
    package var unshallow: [ObjectID]

    /// Makes an update.
    package init(shallow: [ObjectID] = [], unshallow: [ObjectID] = []) {
        self.shallow = shallow
        self.unshallow = unshallow
    }

    func write(to writer: inout PacketWriter) {
        for id in shallow { writer.line("shallow \(id.hex)") }
        for id in unshallow { writer.line("unshallow \(id.hex)") }
    }
}
