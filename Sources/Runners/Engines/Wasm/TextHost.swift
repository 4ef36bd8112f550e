import Capsules

/// The host of a program that passes on what a capsule's code wrote as a text: whether that is JSON is found out here.
struct TextHost<Host: HostInterface>: HostInterface {
    var host: Host

    mutating func answer(_ method: String, _ parameters: JSONValue) throws(HostFault) -> JSONValue {
        guard let text = parameters.string else { throw HostFault(.invalidParameters, "the parameters are no text") }
        guard !text.isEmpty else { return try host.answer(method, .object(JSONObject())) }
        let value: JSONValue
        do throws(JSONError) { value = try JSONParser.parse(Array(text.utf8)) } catch {
            throw HostFault(.invalidParameters, "the parameters are not JSON: \(error)")
        }
        return try host.answer(method, value)
    }

    mutating func begin(until deadline: Int64) { host.begin(until: deadline) }

    var networkCalls: UInt64 { host.networkCalls }
}
