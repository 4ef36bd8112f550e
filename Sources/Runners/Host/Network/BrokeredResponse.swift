import Capsules

/// The answer to a request.
struct BrokeredResponse: Sendable {
    var status: Int
    /// Where it came from.
    var url: String
    /// With names in lower case, as they came.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    /// How a body is written in JSON.
    enum Encoding: String, CaseIterable, Sendable {
        case text
        case base64
    }

    /// The result of a call; without a wish the body is a text where it can be.
    func json(_ wish: Encoding?) -> JSONValue {
        let text = wish == .base64 ? nil : String(validating: body, as: UTF8.self)
        let encoding = wish ?? (text == nil ? .base64 : .text)
        let written =
            switch encoding {
            case .text: text ?? String(decoding: body, as: UTF8.self)
            case .base64: String(decoding: Base64Text.encode(body), as: UTF8.self)
            }
        return [
            "status": .count(status), "url": .string(url), "headers": .object(groupedHeaders), "body": .string(written),
            "encoding": .string(encoding.rawValue),
        ]
    }

    private var groupedHeaders: JSONObject {
        var order: [String] = []
        var values: [[UInt8]: [JSONValue]] = [:]
        for (name, value) in headers {
            let key = Array(name.utf8)
            if values[key] == nil { order.append(name) }
            values[key, default: []].append(.string(value))
        }
        return JSONObject(order.map { ($0, .array(values[Array($0.utf8)] ?? [])) })
    }
}
