import CCrypto

/// Verifies signatures of Ed25519 (RFC 8032) with libcrypto.
enum Ed25519 {
    /// How many bytes a public key has.
    static let keySize = 32
    /// How many bytes a signature has.
    static let signatureSize = 64

    /// Whether a signature of some bytes was made with a key; false for a key or signature of another size.
    static func verifies(_ signature: [UInt8], of message: [UInt8], with key: [UInt8]) -> Bool {
        guard key.count == keySize, signature.count == signatureSize,
            let handle = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, key, key.count)
        else { return false }
        defer { EVP_PKEY_free(handle) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, nil, nil, handle) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// The SHA-512 of bytes (FIPS 180-4).
    static func sha512(of bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA512_DIGEST_LENGTH)) { buffer, count in
            SHA512(bytes, bytes.count, buffer.baseAddress)
            count = Int(SHA512_DIGEST_LENGTH)
        }
    }
}
