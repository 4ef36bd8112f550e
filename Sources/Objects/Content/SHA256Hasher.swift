import CCrypto

/// Computes the SHA-256 of bytes that arrive in pieces.
///
/// It uses libcrypto's low-level functions: they run on SHA-NI where the processor has it, and their first use costs
/// microseconds, where fetching the same digest through EVP costs 2.6 ms of every process that hashes. A hasher belongs to
/// one thread at a time.
package final class SHA256Hasher {
    private var context = SHA256_CTX()

    /// Starts with no bytes.
    package init() { SHA256_Init(&context) }

    /// Takes in the next bytes.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        SHA256_Update(&context, base, bytes.count)
    }

    /// Takes in the next bytes.
    package func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all bytes so far; the hasher then starts over with no bytes.
    package func finish() -> SHA256Digest {
        let bytes = [UInt8](unsafeUninitializedCapacity: SHA256Digest.byteCount) { buffer, count in
            SHA256_Final(buffer.baseAddress, &context)
            count = SHA256Digest.byteCount
        }
        SHA256_Init(&context)
        return SHA256Digest(finished: bytes)
    }

    /// The digest of bytes that are all at hand.
    package static func hash(of bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        let hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of bytes that are all at hand.
    package static func hash(of bytes: [UInt8]) -> SHA256Digest {
        bytes.withUnsafeBytes { hash(of: $0) }
    }
}
