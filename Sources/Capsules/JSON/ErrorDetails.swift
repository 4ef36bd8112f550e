/// The cause of an error that programs can take apart: `--json` prints ``details`` beside the message.
package protocol ErrorDetails: Error {
    /// What there is to know, in keys that are documented with the commands.
    var details: JSONValue { get }
}
