import Glibc
package import Objects

/// A kernel that virtual machines can start, with the modules that a guest needs.
package struct GuestKernel: Sendable, Hashable {
    /// The file that is booted.
    package let path: String
    /// The folder of its modules: `lib/modules/<version>`.
    package let modules: String

    /// What a guest cannot do without: its devices, its ports, the file system of what it is shown.
    static let needed = ["virtio_pci", "virtio_console", "9pnet_virtio", "9p"]

    /// Finds one below the first of some folders that has any; where none has, the error is that of the first folder.
    package static func find(in roots: [String]) throws(AmxError) -> GuestKernel {
        var first: AmxError?
        for root in roots {
            do throws(AmxError) { return try find(below: root) } catch { first = first ?? error }
        }
        throw first ?? VirtualMachine.error("there is no place for a kernel of its guest")
    }

    /// Finds the newest one below a folder that has `boot` and `lib/modules` as Debian's packages of kernels lay them out.
    ///
    /// `.failure` where there is none, or none that has all modules, saying which is missing.
    static func find(below root: String) throws(AmxError) -> GuestKernel {
        let root = root.hasSuffix("/") ? String(root.dropLast()) : root
        let names = ((try? Directory.names(in: "\(root)/boot")) ?? []).map { String(decoding: $0, as: UTF8.self) }
        let versions = names.filter { $0.hasPrefix("vmlinuz-") }.map { String($0.dropFirst("vmlinuz-".count)) }
        var problem = "there is no kernel for its guest in \(root)/boot"
        for version in versions.sorted(by: { numbers($1).lexicographicallyPrecedes(numbers($0)) }) {
            let kernel = GuestKernel(
                path: "\(root)/boot/vmlinuz-\(version)", modules: "\(root)/lib/modules/\(version)")
            if let missing = KernelModules(kernel.modules).missing(of: needed) {
                problem = "the kernel \(version) has no module \(missing) (Debian's cloud kernels lack 9p)"
                continue
            }
            guard access(kernel.path, R_OK) == 0 else {
                problem = "this user may not read \(kernel.path)"
                continue
            }
            return kernel
        }
        throw AmxError(
            .failure, "cannot run in a virtual machine: \(problem)",
            hint: """
                install one, on Debian with `apt-get install linux-image-amd64`; or let `hooks/setup --vm` unpack one; or \
                unpack one yourself with `dpkg-deb -x`, and name the folder in AMX_GUEST_KERNEL
                """)
    }

    /// The whole numbers of a version, by which newer ones come later.
    private static func numbers(_ version: String) -> [UInt64] {
        version.split { !$0.isASCII || !$0.isNumber }.compactMap { UInt64($0) }
    }
}
