import Glibc
package import Objects

extension TrustedSigners {
    /// The verdict on a tag object's signature; `name` is that of the reference, such as `v1.0.0`.
    ///
    /// A signed tag that stands under another name than it was made for is bad, whoever signed it.
    package func judge(release name: String, tag bytes: [UInt8], id: ObjectID) throws(AmxError) -> SignatureVerdict {
        let tag = try Tag(parsing: bytes, id: id)
        let verdict = judge(
            SignedObject(tag: bytes), as: .release(tagger: tag.tagger?.email), at: tag.tagger?.time ?? Self.now)
        guard verdict.state != .none, !tag.name.utf8.elementsEqual(name.utf8) else { return verdict }
        return verdict.spoiled("it was signed as \(TreeRules.printable(tag.name.utf8)), not as \(name)")
    }

    /// The verdict on a commit object's signature.
    package func judge(commit bytes: [UInt8], id: ObjectID) throws(AmxError) -> SignatureVerdict {
        let commit = try Commit(parsing: bytes, id: id)
        return judge(SignedObject(commit: bytes), as: .commit, at: commit.committer.time)
    }

    /// The verdict on a `.kc` file's detached signature, by the digest of the file's content.
    package func judge(file digest: ContentDigest, signature armour: [UInt8]) -> SignatureVerdict {
        judge(armour, of: Array(digest.text.utf8), as: .file, at: Self.now)
    }

    /// The verdict on a bundle's signature, by the bytes of its `bundle.json`.
    package func judge(bundle manifest: [UInt8], signature armour: [UInt8]) -> SignatureVerdict {
        judge(armour, of: BundleFormat.signedText(manifest), as: .bundle, at: Self.now)
    }

    private static var now: Int64 { Int64(Glibc.time(nil)) }
}
