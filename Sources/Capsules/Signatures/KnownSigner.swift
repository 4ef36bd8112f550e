/// A key that has signed a release of a capsule that came from elsewhere: where and when it was first seen.
package struct KnownSigner: Hashable, Sendable {
    /// What the key counts for.
    package enum Standing: String, Sendable {
        /// It was the first one that was seen of its capsule, and is held to from then on.
        case firstUse = "first-use"
        /// A user said that it signs this capsule.
        case pinned
        /// An allowed signer's it was when it was seen: it counts only as long as that is so.
        case allowed
        /// It was another key than the one known, and was refused.
        case refused
    }

    /// The capsule.
    package let capsule: CapsuleID
    /// The key.
    package let key: PublicKey
    /// The address of the tagger that the release names.
    package let principal: String
    /// The release that it was first seen with; empty when a user brought the key.
    package let release: String
    /// Where that came from.
    package let place: String
    /// When that was, in seconds since 1970 UTC.
    package let time: Int64
    /// What it counts for.
    package var standing: Standing

    /// Makes one.
    package init(
        capsule: CapsuleID, key: PublicKey, principal: String, release: String, place: String, time: Int64,
        standing: Standing
    ) {
        self.capsule = capsule
        self.key = key
        self.principal = principal
        self.release = release
        self.place = place
        self.time = time
        self.standing = standing
    }

    /// The key and its story, for people.
    package var story: String {
        let what = release.isEmpty ? "" : " with \(release)"
        return "\(key.fingerprint) (\(principal)), first seen \(UTCTime.text(time)) at \(place)\(what)"
    }
}
