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

    /// Writes the lines of an answer, which git ends without a newline.
    func write(to writer: inout PacketWriter) {
        for id in shallow { writer.data(Array("shallow \(id.hex)".utf8)) }
        for id in unshallow { writer.data(Array("unshallow \(id.hex)".utf8)) }
    }
}
