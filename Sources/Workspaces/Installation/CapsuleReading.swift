import Capsules
import Versions

/// A capsule whose candidates' manifests are read, one after the other, with what is looked at for each of them.
final class CapsuleReading {
    let package: PackageName
    let id: CapsuleID
    let developed: DevelopedCapsule?
    let offer: ReleaseOffer

    init(_ package: PackageName, _ id: CapsuleID, _ developed: DevelopedCapsule?, _ offer: ReleaseOffer) {
        (self.package, self.id, self.developed, self.offer) = (package, id, developed, offer)
    }
}
