/// What the first process of a guest is asked to run. Read by `amx-vm-init`.
///
/// As with ``LaunchRequest``, whole numbers of eight bytes, little endian, and texts with their length in front; before all of
/// it its mark and its length. Behind it comes the program's standard input. Source: `docs/running.md`, "Virtual machines".
struct GuestRequest {
    static let byteLimit = 256 << 10
    static let randomCount = 64

    /// Since 1970.
    var (seconds, nanoseconds): (UInt64, UInt64)
    /// As many as ``randomCount``, that no other guest gets.
    var random: [UInt8]
    /// Who the program is in the guest: who QEMU is, so that it may read what it may read outside.
    var user: UInt32
    var limits: SandboxLimits
    /// How many bytes of standard input follow.
    var inputCount: UInt64
    var hasChannel: Bool
    var directory: String
    var program: [String]
    var environment: [String: String]

    private static let mark: UInt64 = 0x31_7473_6575_6772

    var bytes: [UInt8] {
        var body = LaunchEncoder()
        body.write(seconds)
        body.write(nanoseconds)
        body.write(raw: random)
        for number in [
            UInt64(user), limits.memoryBytes, limits.processes, limits.temporaryBytes, limits.openFiles,
            limits.processorSeconds, inputCount, hasChannel ? 1 : 0,
        ] { body.write(number) }
        body.write(directory)
        body.write(UInt64(program.count))
        for word in program { body.write(word) }
        body.write(UInt64(environment.count))
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { body.write("\(name)=\(value)") }
        var whole = LaunchEncoder()
        whole.write(Self.mark)
        whole.write(UInt64(body.bytes.count))
        return whole.bytes + body.bytes
    }
}
