import ArgumentParser

/// The settings of a run, as commands that run something take them.
struct SettingOptions: ParsableArguments {
    @Option(
        name: .customLong("env"), parsing: .singleValue,
        help: ArgumentHelp(
            "A setting that its manifest declares; a name alone takes the value from the environment.",
            valueName: "name[=value]"))
    var words: [String] = []
}
