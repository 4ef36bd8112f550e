import CCrypto

/// Computes the SHA-1 that ends a pack and its index.
///
/// It guards against accidents only, so it is libcrypto's fast one; object ids go through ``ObjectHasher``.
final class PackChecksum {
    private var context = SHA_CTX()

    init() { SHA1_Init(&context) }

    /// Takes in the next bytes.
    func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        SHA1_Update(&context, base, bytes.count)
    }

    /// The checksum of all bytes so far; then it starts over.
    func finish() -> ObjectID {
        let bytes = [UInt8](unsafeUninitializedCapacity: ObjectID.byteCount) { buffer, count in
            SHA1_Final(buffer.baseAddress, &context)
            count = ObjectID.byteCount
        }
        SHA1_Init(&context)
        return ObjectID(bytes: bytes) ?? .zero
    }
}
