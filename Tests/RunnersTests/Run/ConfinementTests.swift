import Foundation
import Isolation
import TestSupport
import Testing

@testable import Runners

/// What the engines of scripts and components take from themselves, tried by a program of the same source.
@Suite(
    "Runners: what engines take from themselves", .onTestThreads,
    .enabled(if: Tool.exists("clang"), "there is no clang here, which comes with Swift"))
struct ConfinementTests {
    private static let program = """
        #include <confine.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <sys/stat.h>
        #include <sys/wait.h>
        #include <unistd.h>

        static int start(void) {
            int process = fork(), status = 0;
            if (process == 0) {
                execl("/usr/bin/true", "true", (char *)0);
                _exit(errno);
            }
            waitpid(process, &status, 0);
            return WEXITSTATUS(status);
        }

        static int file(const char *path, int flags) {
            int file = open(path, flags, 0600);
            if (file < 0) return errno;
            close(file);
            return 0;
        }

        static void tell(void) {
            printf("%d %d %d %d %d\\n", start(), file("/tmp/a", O_CREAT | O_WRONLY), mkdir("/tmp/b", 0700) ? errno : 0,
                file("/capsule/secret.txt", O_RDONLY), file("/usr/bin/true", O_RDONLY));
            rmdir("/tmp/b");
        }

        int main(void) {
            tell();
            printf("%d\\n", confine());
            tell();
        }
        """

    @Test func nothingIsStartedOrWritten() throws {
        let folder = try TemporaryDirectory("amx-confine")
        let sources =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path + "/Sources/CChannel"
        let main = try folder.write("main.c", text: Self.program)
        try folder.write("capsule/secret.txt", text: "of the capsule\n")
        let built = try Tool.run(
            "clang",
            [
                "-D_DEFAULT_SOURCE", "-I", "\(sources)/include", main, "\(sources)/confine.c", "-o",
                "\(folder.path)/capsule/try",
            ])
        try #require(built.status == 0, "\(built.errors)")
        let sandbox = try Sandbox(worker: BuiltPrograms.worker, showing: folder.path + "/capsule")
        let result = try sandbox.run(["/capsule/try"], limits: SandboxLimits())
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
        // Before, all of it can be done; then nothing but reading, where the kernel has Landlock.
        #expect(lines.first == "0 0 0 0 0", "\(result)")
        let isConfined = lines.count > 1 && lines[1] == "1"
        #expect(lines.last == (isConfined ? "\(EACCES) \(EACCES) \(EACCES) 0 0" : "0 0 0 0 0"))
    }
}
