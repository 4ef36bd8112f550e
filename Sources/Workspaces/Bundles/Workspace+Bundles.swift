import Glibc
package import Objects

extension Workspace {
    /// The folder of what is only needed while a bundle is made or read; it is there only meanwhile.
    var bundleCacheDirectory: String { "\(cacheDirectory)/bundles" }

    /// A new folder there; what killed processes have left in its place goes.
    package func makeBundleFolder() throws(AmxError) -> String {
        try? Directory.removeAbandoned(in: bundleCacheDirectory, labelled: ".tmp")
        let folder = "\(bundleCacheDirectory)/\(Directory.temporaryName(".tmp"))"
        try Directory.create(folder, mode: 0o700)
        return folder
    }

    /// Removes such a folder, or what is not there any more.
    package func removeBundleFolder(_ folder: String) {
        try? Directory.remove(folder)
        removeBundleCache()
    }

    /// Removes the folder of all of them, unless another process needs it.
    func removeBundleCache() { rmdir(bundleCacheDirectory) }
}
