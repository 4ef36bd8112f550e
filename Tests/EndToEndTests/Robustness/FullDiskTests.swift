import TestSupport
import Testing

/// A file system without room, which a mount namespace gives to a command; without such namespaces the suite is left out.
@Suite(.onTestThreads) struct FullDiskTests {
    static let canMount =
        (try? Tool.run("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]))?.status == 0

    /// Commits a file for which there is no room, frees some, and commits again; with what `amx` said.
    @Test(.enabled(if: canMount), arguments: [0, 100, 400]) func aCommitWithoutRoomChangesNothing(kibibytesLeft: Int)
        throws
    {
        let user = try AmxTool()
        let script = """
            set -e
            mkdir disk; mount -t tmpfs -o size=2m tmpfs disk; cd disk
            "$AMX" init work -q; cd work; "$AMX" new refunds -q; "$AMX" commit -m Start -q
            head -c 500000 /dev/urandom > knowledge/capsules/refunds/data.bin
            free=$(df -k --output=avail . | tail -n 1)
            head -c $(( (free - $LEFT) * 1024 )) /dev/zero > ../filler
            set +e; "$AMX" commit -m More; echo "status $?"; set -e
            rm ../filler
            "$AMX" log refunds --json | grep -o '"message"' | wc -l
            "$AMX" status
            "$AMX" commit -m More -q
            git -C .aimatrix/store/refunds.git fsck --strict --full --no-dangling
            ls .aimatrix/store/refunds.git/objects/pack | grep -c tmp_ || true
            """
        let outcome = try Tool.run(
            "unshare", ["-rm", "bash", "-c", script], in: user.home.path,
            environment: user.environment.merging(["AMX": Executables.amx, "LEFT": "\(kibibytesLeft)"]) { $1 })
        let lines = outcome.text.split(separator: "\n").map(String.init)
        #expect(
            lines == ["status 1", "1", "refunds  directory  main  modified", "  A data.bin", "0"],
            "\(outcome.text)\(outcome.errors)")
        #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
        #expect(
            outcome.errors.contains("hint: free some space and run the command again; nothing was changed"),
            "\(outcome.errors)")
    }
}
