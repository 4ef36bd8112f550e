package import Objects

/// Writes a request's body piece by piece while `HTTPSession` sends it.
///
/// Valid only inside the closure that receives it.
package struct HTTPUpload {
    let session: HTTPSession

    /// Sends bytes and returns when libcurl has taken them all, so that a producer runs no faster than the network.
    ///
    /// Throws when the transfer fails, and also when the server has answered before the end of the body: let that error
    /// pass, `HTTPSession` turns it into the response.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        try session.push(bytes)
    }

    /// Sends bytes as above.
    package func write(_ bytes: [UInt8]) throws(AmxError) {
        let failure: AmxError? = bytes.withUnsafeBytes { buffer in
            do throws(AmxError) { try write(buffer) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }
}
