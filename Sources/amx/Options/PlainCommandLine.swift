import ArgumentParser

/// A command line of nothing but a command's name and flags behind it, as most are that a program repeats.
///
/// The parser takes 3 ms of the 5 that such a command has, to find out by reflection what stands here. Whatever else there is (a
/// value, a flag before the name, one in another form or given twice, or that the command does not have) is left to the parser, which
/// also says what is wrong with it. Tests hold that both read the same.
struct PlainCommandLine {
    private var flags: ArraySlice<String>

    /// The command that words after the program's name stand for; nil for what the parser has to read.
    static func command(_ words: [String]) -> (any PlainCommand)? {
        var line = PlainCommandLine(flags: words.dropFirst())
        let command: any PlainCommand
        switch words.first {
        case "install": command = Install(&line)
        case "update": command = Update(&line)
        case "tree": command = Tree(&line)
        default: return nil
        }
        return line.flags.isEmpty ? command : nil
    }

    /// Takes one of a flag's names out of the words that are left; false where none is there.
    mutating func takes(_ names: String...) -> Bool {
        guard let place = flags.firstIndex(where: { names.contains($0) }) else { return false }
        flags.remove(at: place)
        return true
    }
}

/// A command that can be made from flags alone.
protocol PlainCommand: AmxCommand {
    /// Takes the command's own flags, and gives every argument and option its value: one without ends the process when it is read.
    init(_ line: inout PlainCommandLine)
}

extension Install: PlainCommand {
    init(_ line: inout PlainCommandLine) {
        self.init()
        requirements = []
        bundle = nil
        requireSigned = false
        frozen = line.takes("--frozen")
        options = InstallationOptions(&line)
        global = GlobalOptions(&line)
    }
}

extension Update: PlainCommand {
    init(_ line: inout PlainCommandLine) {
        self.init()
        ids = []
        options = InstallationOptions(&line)
        global = GlobalOptions(&line)
    }
}

extension Tree: PlainCommand {
    init(_ line: inout PlainCommandLine) {
        self.init()
        id = nil
        depth = nil
        load = line.takes("--load")
        global = GlobalOptions(&line)
    }
}

extension InstallationOptions {
    fileprivate init(_ line: inout PlainCommandLine) {
        self.init()
        isDryRun = line.takes("--dry-run")
        isOffline = line.takes("--offline")
        approve = line.takes("--approve")
    }
}

extension GlobalOptions {
    fileprivate init(_ line: inout PlainCommandLine) {
        self.init()
        asJSON = line.takes("--json")
        quiet = line.takes("--quiet", "-q")
        noPager = line.takes("--no-pager")
        directories = []
        color = nil
    }
}
