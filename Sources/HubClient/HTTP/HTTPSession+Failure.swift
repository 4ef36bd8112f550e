import CCurl
import Objects

extension HTTPSession {
    /// Says what a failed transfer means to a user.
    static func failure(_ code: CURLcode, _ detail: String, url: String, host: String) -> AmxError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_PROXY, CURLE_OPERATION_TIMEDOUT:
            AmxError(
                .network, "cannot reach \(host): \(detail)", hint: "check the address, the network and the proxy",
                cause: PlaceFailure())
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
            AmxError(
                .network, "cannot trust \(host): \(detail)",
                hint: "set AMX_CA_FILE to the certificates (PEM) of a private authority", cause: PlaceFailure())
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND:
            AmxError(
                .network, "cannot finish \(url): \(host) ended the connection early (\(detail))",
                hint: "run the command again; nothing was changed here")
        default:
            AmxError(
                .network, "cannot finish \(url): \(detail)", hint: "try again; if it stays so, ask who runs the server")
        }
    }
}
