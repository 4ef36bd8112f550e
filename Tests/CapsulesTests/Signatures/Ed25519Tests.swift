import Testing

@testable import Capsules

@Suite struct Ed25519Tests {
    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
    }

    /// RFC 8032, section 7.1.
    private static let vectors = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe"
                + "24655141438e7a100b"
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a"
                + "eeb00d291612bb0c00"
        ),
    ]

    @Test(arguments: vectors) func theStandardsVectors(key: String, message: String, signature: String) {
        let (key, message, signature) = (Self.bytes(key), Self.bytes(message), Self.bytes(signature))
        #expect(Ed25519.verifies(signature, of: message, with: key))
        #expect(!Ed25519.verifies(signature, of: message + [0], with: key))
        #expect(!Ed25519.verifies(signature + [0], of: message, with: key))
        #expect(!Ed25519.verifies(Array(signature.dropLast()), of: message, with: key))
        #expect(!Ed25519.verifies(signature, of: message, with: Array(key.dropLast())))
        #expect(!Ed25519.verifies([], of: message, with: []))
    }

    /// The same signature with the group's order added to its second half is another one, and none.
    @Test(arguments: vectors) func aSecondFormOfASignatureIsRefused(key: String, message: String, signature: String) {
        let order = Self.bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var changed = Self.bytes(signature)
        var carry = 0
        for index in 0..<32 {
            let sum = Int(changed[32 + index]) + Int(order[index]) + carry
            changed[32 + index] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        #expect(!Ed25519.verifies(changed, of: Self.bytes(message), with: Self.bytes(key)))
    }

    @Test func base64IsTheOneThatWasWritten() {
        for text in ["", "QQ==", "QUI=", "QUJD", "+/+/"] {
            let bytes = Base64Text.decode(text.utf8)
            #expect(bytes.map(Base64Text.encode) == Array(text.utf8))
        }
        for text in ["Q", "QQ", "QQ=", "QR==", "QUJ=", "QQ==QQ==", "=QQQ", "QQ=Q", "Q Q=", "QQ\n=", "QQ-_", "===="] {
            #expect(Base64Text.decode(text.utf8) == nil, "\(text)")
        }
    }
}
