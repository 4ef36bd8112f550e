import Capsules
package import Objects

/// The reports of scans in a folder, each under the digest of what was scanned and of the rules it was scanned by.
///
/// Derived: files may be deleted at any time, and one that is damaged counts as missing. Safe to use from several processes at once.
package struct ScanCache: Sendable {
    private let folder: String

    /// The most reports that are kept.
    private static let most = 256
    private static let sizeLimit = 64 << 20

    /// Uses a folder, which is made when the first report is kept.
    package init(folder: String) { self.folder = folder }

    /// What a scanner has found in a content before; nil when it has not seen it with these rules.
    package func report(of content: ContentDigest, by scanner: Scanner) -> ScanReport? {
        guard let bytes = try? FileContent.read(path(content, scanner), limit: Self.sizeLimit),
            bytes.count > 2 * SHA256Digest.byteCount
        else { return nil }
        let body = Array(bytes.dropFirst(2 * SHA256Digest.byteCount))
        guard bytes.starts(with: SHA256Hasher.hash(of: body).hex.utf8), let value = try? JSONParser.parse(body) else {
            return nil
        }
        return ScanReport(record: value)
    }

    /// Keeps a report. Failures are nobody's concern.
    package func keep(_ report: ScanReport, of content: ContentDigest, by scanner: Scanner) {
        let body = JSONWriter.bytes(.object(report.record), .compact)
        let path = path(content, scanner)
        AtomicFile.writeDerived(Array(SHA256Hasher.hash(of: body).hex.utf8) + body, to: path)
        guard let names = try? Directory.names(in: folder), names.count > Self.most else { return }
        let kept = Array(Directory.name(of: path).utf8)
        for name in names.filter({ $0 != kept }).prefix(names.count - Self.most / 2) {
            try? Directory.remove("\(folder)/\(String(decoding: name, as: UTF8.self))")
        }
    }

    private func path(_ content: ContentDigest, _ scanner: Scanner) -> String {
        let hasher = SHA256Hasher()
        hasher.update(Array(content.text.utf8))
        hasher.update(scanner.fingerprint.bytes)
        return "\(folder)/\(hasher.finish().hex)"
    }
}
