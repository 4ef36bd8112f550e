/// The way from a document's root to one of its values, printed as `$.resources.memory.min` or `$.tags[2]`.
package struct JSONPath: Hashable, Sendable {
    /// One step down.
    package enum Step: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    /// The steps from the root.
    package let steps: [Step]

    package init(steps: [Step]) { self.steps = steps }

    /// The document itself.
    package static let root = JSONPath(steps: [])

    /// The path of a member.
    package func key(_ key: String) -> JSONPath { JSONPath(steps: steps + [.key(key)]) }

    /// The path of an element, counted from 0.
    package func index(_ index: Int) -> JSONPath { JSONPath(steps: steps + [.index(index)]) }
}

extension JSONPath: CustomStringConvertible {
    package var description: String {
        steps.reduce(into: "$") { text, step in
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key):
                let plain =
                    !key.isEmpty
                    && key.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                            UInt8(ascii: "$"):
                            true
                        default: false
                        }
                    }
                text += plain ? ".\(key)" : "[\(JSONWriter.text(.string(key)))]"
            }
        }
    }
}
