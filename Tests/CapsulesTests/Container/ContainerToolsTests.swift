import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@Suite("Other tools read .kc files, and Amx reads their archives")
struct ContainerToolsTests {
    static let sample: Sample = {
        var sample = Sample(sizes: [
            "a": 0, "rules/one.json": 100, "rules/two.json": 513, "größe/顧客.md": 1_000, "big.bin": 2_500_000,
            "\(String(repeating: "long", count: 24))/\(String(repeating: "n", count: 99))": 3,
        ])
        sample.files["bin/run.sh"] = Sample.File(executable: true, bytes: Array("#!/bin/sh\n".utf8))
        return sample
    }()
    /// The same with names of more than 256 bytes, which only pax and GNU archives hold.
    static let longSample: Sample = {
        var sample = ContainerToolsTests.sample
        let folder = String(repeating: "p", count: 200)
        sample.files["\(folder)/\(folder)/\(String(repeating: "ö", count: 120))"] = Sample.File(bytes: [1, 2, 3])
        sample.files[String(repeating: "z", count: 255)] = Sample.File(bytes: [4])
        return sample
    }()
    static let shortSample = Sample(texts: ["a": "1", "b/c.txt": "two", "b/d/e": ""])

    /// Programs that unpack `$1` into the current directory. In the C locale bsdtar takes no pax names beyond ASCII.
    @Test(arguments: [
        "tar --zstd -xf \"$1\"", "bsdtar -xf \"$1\"", "LC_ALL=C bsdtar -xf \"$1\"", "zstd -dcq \"$1\" | tar -xf -",
        "zstd -dcq \"$1\" | python3 -c 'import sys,tarfile; tarfile.open(fileobj=sys.stdin.buffer,mode=\"r|\").extractall(\".\")'",
    ])
    func unpacks(_ command: String) throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("sample.kc")
        let sample = command.hasPrefix("LC_ALL=C ") ? Self.sample : Self.longSample
        try ContainerWriter().write(sample.containerFiles(), to: path)
        try FileManager.default.createDirectory(atPath: folder.appending("out"), withIntermediateDirectories: true)
        let outcome = try Tool.run(
            "sh", ["-c", command, "sh", path], in: folder.appending("out"), environment: ["LC_ALL": "C.UTF-8"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(sample.differences(from: folder.appending("out")) == [])
    }

    @Test func zstdFindsTheFramesWhole() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("sample.kc")
        try ContainerWriter().write(Self.sample.containerFiles(), to: path)
        #expect(try Tool.run("zstd", ["-tq", path]).status == 0)
        let listing = try Tool.run("zstd", ["-lv", path]).text
        #expect(listing.contains("# Skippable Frames: 2"), "\(listing)")
        #expect(listing.contains("Check: XXH64"), "\(listing)")
    }

    /// Python computes the content digest of the archive on its own.
    @Test func pythonAgreesOnTheDigest() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("sample.kc")
        let written = try ContainerWriter().write(Self.longSample.containerFiles(), to: path)
        let script = """
            import sys, tarfile, hashlib, struct
            files = {}
            for m in (t := tarfile.open(fileobj=sys.stdin.buffer, mode="r|")):
                assert m.isreg() and m.uid == m.gid == m.mtime == 0
                files[m.name.encode()] = (b"100755" if m.mode == 0o755 else b"100644", t.extractfile(m).read())
            h = hashlib.sha256(b"amx-capsule-v1\\0")
            for p in sorted(files):
                mode, c = files[p]
                h.update(mode + b" " + p + b"\\0" + struct.pack(">Q", len(c)) + hashlib.sha256(c).digest())
            print("sha256:" + h.hexdigest(), end="")
            """
        let plain = try Tool.run("zstd", ["-dcq", path]).output
        #expect(try Tool.run("python3", ["-c", script], input: plain).text == written.digest.text)
    }

    /// Ways to make an archive of the current directory at `$1`, and whether names over 256 bytes and over 100 bytes fit.
    static let packers: [(command: String, sample: Sample)] = [
        ("tar --format=v7 --zstd -cf \"$1\" .", shortSample),
        ("tar --format=v7 --zstd -cf \"$1\" *", shortSample),
        ("bsdtar --format v7 --zstd -cf \"$1\" *", shortSample),
        ("tar --format=ustar --zstd -cf \"$1\" .", sample), ("bsdtar --format ustar --zstd -cf \"$1\" .", sample),
        ("tar --format=oldgnu --zstd -cf \"$1\" .", longSample), ("tar --format=gnu --zstd -cf \"$1\" *", longSample),
        ("bsdtar --format gnutar --zstd -cf \"$1\" *", longSample),
        ("tar --format=pax --zstd -cf \"$1\" .", longSample),
        ("bsdtar --format pax --zstd -cf \"$1\" .", longSample),
        ("LC_ALL=C bsdtar --format pax --zstd -cf \"$1\" .", longSample),
        ("tar --format=pax --pax-option=exthdr.name=%d/x,comment=hello --zstd -cf \"$1\" .", longSample),
        ("tar --sort=name --owner=1000000 --group=5000000 --numeric-owner --zstd -cf \"$1\" .", longSample),
        ("tar -b 200 -cf - . | zstd -19 --long=27 -qo \"$1\"", longSample),
        ("tar -cf - . | zstd --no-check --no-content-size -qo \"$1\"", longSample),
        ("tar -cf - . | split -b 100000 --filter='zstd -qc' - > \"$1\"", longSample),
        (
            "tar -cf - . | split -b 1000000 - ../part && for i in ../part*; do zstd -qc --stream-size=$(stat -c %s $i) <$i; done > \"$1\"",
            longSample
        ),
    ]

    @Test(arguments: packers.indices)
    func readsArchivesOfOthers(_ number: Int) throws {
        let (command, sample) = Self.packers[number]
        let folder = try TemporaryDirectory()
        try sample.unpack(into: folder, "in")
        let path = folder.appending("other.tar.zst")
        let outcome = try Tool.run(
            "sh", ["-ec", command, "sh", path], in: folder.appending("in"), environment: ["LC_ALL": "C.UTF-8"])
        #expect(outcome.status == 0, "\(command): \(outcome.errors)")
        try checkForeign(path, sample, folder)
    }

    @Test(arguments: ["USTAR", "GNU", "PAX"], ["", "./"])
    func readsArchivesOfPython(_ format: String, _ prefix: String) throws {
        let sample = format == "USTAR" ? Self.sample : Self.longSample
        let folder = try TemporaryDirectory()
        try sample.unpack(into: folder, "in")
        let script = """
            import os, sys, tarfile
            with tarfile.open("../o.tar", "w", format=tarfile.\(format)_FORMAT) as t:
                for n in sorted(os.listdir(".")): t.add(n, arcname="\(prefix)" + n)
            """
        #expect(try Tool.run("python3", ["-c", script], in: folder.appending("in")).status == 0)
        #expect(try Tool.run("zstd", ["-q", folder.appending("o.tar")]).status == 0)
        try checkForeign(folder.appending("o.tar.zst"), sample, folder)
    }

    private func checkForeign(_ path: String, _ sample: Sample, _ folder: TemporaryDirectory) throws {
        let reader = try ContainerReader(path)
        #expect(!reader.isIndexed)
        let own = try ContainerWriter().write(sample.containerFiles(), to: folder.appending("own.kc"))
        let contents = try reader.verify()
        #expect(contents.digest == own.digest)
        #expect(contents.files == own.files)
        #expect(try reader.entries() == own.files)
        #expect(try reader.statedDigest() == own.digest)
        for (path, file) in sample.files.sorted(by: { $0.key < $1.key }).prefix(2) {
            #expect(try reader.read(TreePath(path)) == file.bytes)
        }
        #expect(try reader.manifestBytes() == sample.files["manifest.json"]?.bytes)
        try reader.extract(to: folder.appending("out"))
        #expect(sample.differences(from: folder.appending("out")) == [])
    }
}
