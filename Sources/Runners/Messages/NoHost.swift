package import Capsules

/// A host that offers nothing.
package struct NoHost: HostInterface {
    package init() {}

    package func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
        throw HostFault(.unknownMethod, "there is no function \(method) here")
    }
}
