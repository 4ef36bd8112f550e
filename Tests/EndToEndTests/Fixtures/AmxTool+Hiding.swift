import Foundation
import TestSupport

extension AmxTool {
    /// Runs Amx in a view of the file system in which lines of a shell have taken something away; `ordinary` is for a user without rights.
    /// Only root can do that. The lines find the programs in `$bin`, and the command in their arguments.
    func run(_ arguments: [String], without lines: String, ordinary: Bool) throws -> Tool.Outcome {
        let built = (Executables.amx as NSString).deletingLastPathComponent
        // The tests may lie where only root can go; and what is hidden of the programs is hidden here only.
        let script = """
            set -e; built=$1; folder=$2; ordinary=$3; shift 3
            bin=$folder/bin; mkdir -p "$bin"; mount --bind "$built" "$bin"
            set -- "$bin/amx" "$@"
            \(lines)
            if [ $ordinary = true ]; then
                chown -R 65534:65534 "$folder/work" "$folder/.gitconfig"
                set -- setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
            fi
            exec "$@"
            """
        let words = ["sh", "-c", script, "sh", built, home.path, "\(ordinary)"]
        return try Tool.run(
            "unshare", ["--mount", "--propagation", "private"] + words + arguments, in: directory,
            environment: environment)
    }
}
