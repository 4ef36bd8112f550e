import Objects

/// The numbers of the `.kc` format, as `docs/format-kc.md` defines them.
enum ContainerFormat {
    /// How many bytes of tar a frame holds at most.
    static let frameBytes = 1 << 20
    /// How many bytes such a frame has at most.
    static let compressedFrameBytes = 2 << 20
    /// How many times smaller a frame may be than its piece of tar; a writer makes smaller blocks below that.
    static let frameRatio = 128
    /// The tar bytes of one block where a frame is made of small blocks.
    static let smallBlockBytes = 512

    /// The first bytes of a zstd frame.
    static let frameMagic: UInt32 = 0xFD2F_B528
    /// The first bytes of the skippable frame that holds the index.
    static let indexFrameMagic: UInt32 = 0x184D_2A5D
    /// The first bytes of the skippable frame that holds the seek table.
    static let seekTableFrameMagic: UInt32 = 0x184D_2A5E
    /// The last bytes of a seek table, and so of the file.
    static let seekTableMagic: UInt32 = 0x8F92_EAB1
    /// The lower half of XXH64 of no bytes.
    static let emptyChecksum: UInt32 = 0x51D8_E999
    /// How many frames a seek table lists at most.
    static let seekTableFrames = 1 << 20

    /// The first bytes of an index, `AMXI`.
    static let indexMagic: UInt32 = 0x4958_4D41
    /// The version of the index that this code writes and reads.
    static let indexVersion: UInt32 = 1

    /// One file's pax header or long name has at most so many bytes.
    static let extendedHeaderBytes = 1 << 20
    /// What the headers and padding of one file take at most in an archive of Amx.
    static let entryOverhead = 3072

    /// The file that a capsule must have, and that stands first.
    static let manifestPath = Array("manifest.json".utf8)

    /// Whether a path stands before another in an archive: the manifest first, then bytewise.
    static func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        if right.elementsEqual(manifestPath) { return false }
        return left.elementsEqual(manifestPath) || left.lexicographicallyPrecedes(right)
    }

    /// How many bytes an archive may have under these limits.
    static func archiveBytes(_ limits: Limits) -> Int {
        let (overhead, overflow) = limits.entries.multipliedReportingOverflow(by: entryOverhead)
        let (total, carry) = limits.expandedBytes.addingReportingOverflow(overhead)
        return overflow || carry ? .max : total
    }
}
