/// What an uplink can do.
package struct UplinkCapabilities: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It brings messages in.
    package static let receive = UplinkCapabilities(rawValue: 1)
    /// It takes messages out.
    package static let send = UplinkCapabilities(rawValue: 2)
    /// It can ask somebody for an approval.
    package static let approve = UplinkCapabilities(rawValue: 4)
    /// It can ask somebody for anything else.
    package static let elicit = UplinkCapabilities(rawValue: 8)
}
