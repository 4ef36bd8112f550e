import Glibc

/// The variables that a program starts with, as bytes: what is no UTF-8 stays as it is.
package struct ProgramEnvironment: Sendable {
    private var entries: [[UInt8]]

    /// No variables at all.
    package static let empty = ProgramEnvironment(entries: [])

    /// Those of this process.
    package static var current: ProgramEnvironment {
        var entries: [[UInt8]] = []
        var next = environ
        while let entry = next.pointee {
            let length = strlen(entry)
            entries.append(
                entry.withMemoryRebound(to: UInt8.self, capacity: length) { pointer in
                    Array(UnsafeBufferPointer(start: pointer, count: length))
                })
            next += 1
        }
        return ProgramEnvironment(entries: entries)
    }

    /// Sets a variable, or removes it with nil.
    package mutating func set(_ name: String, _ value: String?) {
        let prefix = Array("\(name)=".utf8)
        entries.removeAll { $0.starts(with: prefix) }
        if let value { entries.append(prefix + value.utf8) }
    }

    /// The same with some variables set, or removed where the value is nil.
    package func with(_ variables: [String: String?]) -> ProgramEnvironment {
        var result = self
        for (name, value) in variables { result.set(name, value) }
        return result
    }

    /// The entries as C strings, each to be freed.
    func strings() -> [UnsafeMutablePointer<CChar>?] {
        entries.map { entry in strndup(entry.map { CChar(bitPattern: $0) }, entry.count) }
    }
}
