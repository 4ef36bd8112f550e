/// A way by which content comes into a workspace, a hub or another server's repository, or is looked at there.
enum Door: String, CaseIterable, Sendable {
    case commitOfDirectory, commitOfPacked, packInPlace, packElsewhere, edit, unpack, verifyOfFile
    case pushToHub, pushToPath, gitPushToHub, gitPushToHook
    case fetch, pull, pullOfNew, pullFromPath, clone, cloneOfWorkspace
    case merge, switching, fsck

    /// The exit status of a refusal that is not of another kind.
    var refusal: Int32 {
        // What lies in a store has passed a door once: it has been tampered with.
        self == .fsck ? 5 : 1
    }

    private enum Carrier { case directory, archive, objects }

    private var carrier: Carrier {
        switch self {
        case .commitOfDirectory, .packInPlace, .packElsewhere: .directory
        case .commitOfPacked, .edit, .unpack, .verifyOfFile: .archive
        default: .objects
        }
    }

    /// Why content cannot be brought to this door at all; nil when it can.
    func obstacle(to content: HostileContent) -> String? {
        guard carrier != .objects else { return nil }
        if !content.isSorted { return "only trees have an order" }
        for file in content.files where !["100644", "100755", "120000"].contains(file.mode) {
            return "only trees have the mode \(file.mode)"
        }
        if carrier == .directory {
            if content.files.contains(where: { $0.path.split(separator: 0x2F).contains { $0.count > 255 } }) {
                return "the file system has no names of this length"
            }
            if Set(content.files.map(\.path)).count != content.files.count { return "a folder has a name once" }
        }
        if [.unpack, .verifyOfFile].contains(self), content.reason == "says that its id is" {
            return "a file that lies elsewhere may be any capsule's"
        }
        return nil
    }
}
