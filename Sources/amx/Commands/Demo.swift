import ArgumentParser
import Glibc
import Objects

/// `amx demo`.
struct Demo: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Show the whole job in a temporary folder, and check it.",
        discussion: """
            Starts a hub on this machine and plays two people who share capsules over it, with every command that takes part and \
            its time. At the end, plain git clones a capsule and the content is compared by digest. The exit status is not 0 when \
            anything differs. Nothing outside the folder is touched.

            Example:
              amx demo --keep
            """)

    @Flag(help: "Leave the folder there afterwards.") var keep = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let start = try WorkingDirectory.path()
        let examples = ExampleCapsules(near: [start, Directory.parent(of: try Stage.executable())])
        Interruption.catchSignals()
        let stage = try Stage(output)
        let outcome = Result {
            try Story(stage, examples).play()
            try stage.end(keepsFolder: keep)
        }
        _ = chdir(start)
        if keep { try stage.showFolder() } else { try Directory.remove(stage.folder) }
        try outcome.get()
    }
}
