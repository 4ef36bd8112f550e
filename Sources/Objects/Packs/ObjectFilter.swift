/// Which objects a partial clone leaves out.
package enum ObjectFilter: Hashable, Sendable {
    /// Nothing is left out.
    case none
    /// No blobs.
    case noBlobs
    /// No blobs of this many bytes or more.
    case blobsBelow(Int)
    /// No trees and no blobs below this depth; 0 leaves out every tree.
    case treeDepth(Int)
}
