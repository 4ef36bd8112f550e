import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// JSON bodies of the hub's own interface: sorted keys, times in RFC 3339.
enum APIResponse {
    /// The bytes of a value; an empty object for one that cannot be encoded, which plain records always can.
    static func encode(_ value: some Encodable) -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        guard let data = try? encoder.encode(value) else { return ByteBuffer(string: "{}") }
        return ByteBuffer(bytes: data)
    }

    /// A 200 that only its reader may keep.
    static func ok(_ value: some Encodable) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "private, no-cache"],
            body: ResponseBody(byteBuffer: encode(value)))
    }
}
