package import Capsules

extension BundleReader {
    /// What is wrong with a verdict on the bundle's signature; nil where it will do, which without `isRequired` is all but a bad one.
    package func problem(with verdict: SignatureVerdict, isRequired: Bool) -> BundleFinding? {
        guard verdict.state == .bad || isRequired, !verdict.isChosen else { return nil }
        let reason = verdict.problem ?? "the bundle is not signed, and has to be"
        return BundleFinding(.signature, BundleFormat.signatureName, reason, hint: verdict.hint)
    }
}
