import Objects
import Testing

@testable import HubClient

/// Which exit status the other side's words about a push lead to.
struct RefusalReasonTests {
    @Test(arguments: [
        ("non-fast-forward", AmxError.Code.conflict), ("fetch first", .conflict),
        ("cannot lock ref 'refs/heads/main'", .conflict),
        ("cannot replace release v1.0.0: a release never changes", .conflict),
        ("pre-receive hook declined", .denied), ("deletion prohibited", .denied), ("protected branch", .denied),
        ("branch is currently checked out", .conflict),
        ("cannot delete refs/heads/main: it is the default branch", .denied),
        ("cannot write /x: No space left on device", .failure), ("unpack-objects abnormal exit", .failure),
        ("the Capsule-Digest of 1234 is not its content's", .verification),
        ("manifest.json of 1234: \"version\" is missing", .failure),
        ("it is the current branch there: push another branch, or run `amx pull` there", .conflict),
    ])
    func ofAReference(reason: String, code: AmxError.Code) {
        #expect(RefusalReason.rejection(reason).code == code)
    }

    @Test func whatMustBeSignedSaysHow() {
        let reason = "release v1.0.0 is not signed, and refs/tags/v1.0.0 must be signed by a trusted key"
        let rejection = RefusalReason.rejection(reason)
        #expect(rejection.code == .denied && rejection.hint?.contains("`amx release --sign`") == true)
        #expect(RefusalReason.rejection("denied").hint == nil)
    }

    @Test(arguments: [
        ("index-pack abnormal exit", AmxError.Code.failure, true),
        ("cannot write pack: No space left on device", .failure, true),
        ("the pack has 10 bytes, and the limit is 5", .failure, false), ("a tree has the name CON", .failure, false),
        ("the signature of v1.0.0 is required", .verification, false),
    ])
    func ofAPack(reason: String, code: AmxError.Code, isTrouble: Bool) {
        let rejection = RefusalReason.rejection(reason, concernsPack: true)
        #expect(rejection.code == code)
        #expect((rejection.hint?.contains("the other side failed") == true) == isTrouble)
    }
}
