import Glibc
import Objects

/// Gets a token without ever showing it.
enum TokenInput {
    private static let limit = 8192

    /// The token from `AMX_TOKEN`, from standard input when that is no terminal, else typed at a prompt.
    static func read(for origin: String) throws(AmxError) -> String {
        if let token = Environment["AMX_TOKEN"] { return token }
        let line = isatty(0) == 1 ? try prompt(for: origin) : try standardInput()
        let bytes = line.filter { $0 != UInt8(ascii: "\r") }
        let blanks: Set<UInt8> = [0x20, 0x09]
        let token = bytes.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed()
        guard !token.isEmpty else {
            throw AmxError(
                .usage, "no token was given",
                hint: "set AMX_TOKEN, pass the token on standard input, or run the command in a terminal")
        }
        return String(decoding: token, as: UTF8.self)
    }

    /// The first line of standard input.
    private static func standardInput() throws(AmxError) -> [UInt8] {
        var line: [UInt8] = []
        while line.count < limit, let byte = try next(), byte != UInt8(ascii: "\n") { line.append(byte) }
        return line
    }

    /// A line typed without echo.
    ///
    /// Keys are taken one by one and signals are off meanwhile, so that the terminal's state is always put back.
    private static func prompt(for origin: String) throws(AmxError) -> [UInt8] {
        var before = termios()
        guard tcgetattr(0, &before) == 0 else { throw AmxError.system("cannot prompt for the token") }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(0, TCSAFLUSH, &silent) == 0 else { throw AmxError.system("cannot prompt for the token") }
        defer {
            tcsetattr(0, TCSAFLUSH, &before)
            try? StandardStream.error.write([UInt8(ascii: "\n")])
        }
        // Only now, so that what is pasted at once is neither shown nor lost.
        try StandardStream.error.write(Array("Token for \(origin): ".utf8))
        var line: [UInt8] = []
        while line.count < limit, let byte = try next() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 4: return line
            case 3: throw AmxError(.interrupted, "interrupted: no token was stored", hint: "run the command again")
            case 8, 127: _ = line.popLast()
            case 21: line = []
            default: line.append(byte)
            }
        }
        return line
    }

    private static func next() throws(AmxError) -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = Glibc.read(0, &byte, 1)
            if count == 1 { return byte }
            if count == 0 { return nil }
            guard errno == EINTR else { throw AmxError.system("cannot read the token from standard input") }
        }
    }
}
