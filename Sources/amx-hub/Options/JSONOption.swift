import ArgumentParser

/// `--json`, which every command takes.
struct JSONOption: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print the result as JSON, and an error as one JSON object.")
    var isOn = false
}
