import Objects

/// One scan under way: takes files one by one, and scans them by the batch on all processors.
struct ScanRun {
    private let scanner: Scanner
    private var batch: [ScannedFile] = []
    private var batchBytes = 0
    private var totalBytes = 0
    private var files = 0
    private var findings: [Finding] = []
    private var left = 0
    private var unscanned: [UnscannedFile] = []

    private static let batchLimit = 32 << 20

    init(_ scanner: Scanner) { self.scanner = scanner }

    /// Whether a file of such a size is looked into; where not, that is noted. Asked before it is read.
    mutating func admits(_ path: TreePath, bytes: Int) -> Bool {
        guard bytes <= scanner.limits.fileBytes else {
            unscanned.append(
                UnscannedFile(
                    path: path.string, bytes: bytes, reason: .tooLarge,
                    detail: "the limit 'fileBytes' is \(scanner.limits.fileBytes)"))
            return false
        }
        guard bytes <= scanner.limits.totalBytes - totalBytes else {
            unscanned.append(
                UnscannedFile(
                    path: path.string, bytes: bytes, reason: .totalPassed,
                    detail: "the limit 'totalBytes' is \(scanner.limits.totalBytes)"))
            return false
        }
        return true
    }

    /// Takes a file.
    mutating func add(_ file: ScannedFile) throws(AmxError) {
        guard admits(file.path, bytes: file.content.count) else { return }
        totalBytes += file.content.count
        batchBytes += file.content.count
        batch.append(file)
        if batchBytes >= Self.batchLimit { try scanBatch() }
    }

    /// Notes a file that cannot be looked into.
    mutating func skip(_ file: UnscannedFile) { unscanned.append(file) }

    /// Scans what is left and gives the report.
    mutating func finish() throws(AmxError) -> ScanReport {
        try scanBatch()
        if left > 0 {
            unscanned.append(
                UnscannedFile(
                    path: ".", bytes: nil, reason: .findingsPassed,
                    detail: "\(left) more findings: the limit 'findings' is \(scanner.limits.findings)"))
        }
        // A `.kc` file has its manifest first, everything else has it in its place.
        let sorted = findings.enumerated().sorted { left, right in
            left.element.path == right.element.path
                ? left.offset < right.offset : left.element.path < right.element.path
        }
        return ScanReport(
            findings: sorted.map(\.element), files: files, bytes: totalBytes,
            unscanned: unscanned.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) },
            packs: scanner.packs.map(\.label) + (scanner.advisories.map { [$0.label] } ?? []))
    }

    private mutating func scanBatch() throws(AmxError) {
        let scanner = scanner
        let results = WorkerThreads.map(batch, threads: WorkerThreads.processors, share: 4) { file in
            Result { () throws(AmxError) in try scanner.look(into: file) }
        }
        for result in results {
            let scan = try result.get()
            files += 1
            if let file = scan.unscanned { unscanned.append(file) }
            let room = max(0, scanner.limits.findings - findings.count)
            findings += scan.findings.prefix(room)
            left += max(0, scan.findings.count - room)
        }
        batch = []
        batchBytes = 0
    }
}
