/// A program to be run: which, with what, and how it stands to this process.
///
/// It starts with an empty signal mask and none of this process's descriptors but those that are named here. Values only
/// describe; ``start()`` begins it and ``run(within:check:)`` waits for its end. Source: posix_spawn(3).
package struct Program: Sendable {
    /// Where standard input comes from.
    package enum Input: Sendable {
        /// The null device.
        case nothing
        /// Bytes, all of them there from the start; no pipe that could break.
        case bytes([UInt8])
        /// An open descriptor of the caller's.
        case descriptor(Int32)
        /// This process's own.
        case shared
    }

    /// Where standard output or standard error goes.
    package enum Output: Sendable {
        /// The null device.
        case nothing
        /// The first `limit` bytes are kept by ``run(within:check:)`` and the others dropped; when shown, all of them also go to this
        /// process's standard error as they come.
        case kept(limit: Int, isShown: Bool = false)
        /// A file, made or emptied, that only its owner can read.
        case file(String)
        /// An open descriptor of the caller's.
        case descriptor(Int32)
        /// Where this process's own goes.
        case shared
        /// Of standard error: where standard output goes.
        case asOutput
    }

    /// With whom it shares signals and the terminal.
    package enum Company: Sendable {
        /// With this process: keys that interrupt reach it, and it may ask on the terminal.
        case caller
        /// With what it starts itself: all of that can be ended at once. It may not ask.
        case group
        /// As ``group``, and it has no terminal at all: an attempt to ask there fails.
        case session
    }

    /// A name that is looked for on PATH, or a path.
    package let path: String
    /// The words after its name.
    package var arguments: [String]
    /// Its variables.
    package var environment = ProgramEnvironment.current
    /// Where it starts; nil for this process's directory.
    package var directory: String?
    /// Its standard input.
    package var input = Input.nothing
    /// Its standard output.
    package var output = Output.nothing
    /// Its standard error.
    package var errors = Output.nothing
    /// With whom it shares signals and the terminal.
    package var company = Company.session
    /// Whether what it has left running is ended when it ends; for a ``Company`` of its own.
    package var endsCompany = false

    /// Describes a program with no input and no output, in a session of its own.
    package init(_ path: String, _ arguments: [String] = []) {
        self.path = path
        self.arguments = arguments
    }
}
