import Capsules
package import Guard
import Objects

/// Makes the requests of one run's code: where the gate allows, to public addresses alone, as many as were granted.
///
/// Blocks its thread; not for use by several threads at once.
package final class HTTPBroker {
    /// How long a request may take with all its redirections, in nanoseconds.
    static let patience: Int64 = 30_000_000_000
    /// The most redirections of a request.
    static let redirections = 5

    private let gate: any Gate
    private let allowance: NetworkAllowance
    private let resolver: any AddressResolver
    private let certificates: String?
    /// When the run ends, as a moment of the monotonic clock in nanoseconds.
    package var deadline: Int64 = .max
    /// What the manifest's grants say of requests; nil asks nobody.
    var permissions: HostPermissions?

    /// Asks a gate and counts with an allowance; `certificates` is a file of PEM certificates to trust instead of the
    /// system's.
    package init(
        gate: any Gate, allowance: NetworkAllowance, resolver: any AddressResolver = SystemResolver(),
        certificates: String? = nil
    ) {
        (self.gate, self.allowance, self.resolver) = (gate, allowance, resolver)
        self.certificates = certificates
    }

    /// How many requests were made.
    package var used: Int { allowance.used }

    /// Makes a request and those that its redirections ask for.
    func send(_ request: BrokeredRequest) throws(HostRefusal) -> BrokeredResponse {
        let end = min(MonotonicClock.nanoseconds().addingClamped(Self.patience), deadline)
        var request = request
        var target = try allowed(request.url)
        try permit(request, to: target)
        for _ in 0...Self.redirections {
            let addresses = try checkedAddresses(of: target, until: end)
            guard MonotonicClock.nanoseconds() < end else {
                throw .failed("'\(target.host)' was not asked: there is no time left")
            }
            try counted()
            let (response, redirection) = try BrokerTransfer().send(
                request, to: target, at: addresses, until: end, certificates: certificates)
            guard [301, 302, 303, 307, 308].contains(response.status), let redirection else { return response }
            let next = try allowed(redirection)
            request = request.redirected(from: target, status: response.status, to: next)
            target = next
            try permit(request, to: target)
        }
        throw .failed("'\(target.host)': there are more than \(Self.redirections) redirections")
    }

    /// Where a request goes, as the gate has read it.
    private func allowed(_ url: String) throws(HostRefusal) -> HTTPTarget {
        do throws(AccessDenial) { return try gate.checkHTTP(url) } catch { throw .denied(error) }
    }

    private func permit(_ request: BrokeredRequest, to target: HTTPTarget) throws(HostRefusal) {
        try permissions?.require(
            request.method.rawValue, on: .network, ["url": .string(target.text), "host": .string("\(target.host)")])
    }

    /// The addresses that a connection may go to: all of a name's must be good ones.
    private func checkedAddresses(of target: HTTPTarget, until end: Int64) throws(HostRefusal) -> [IPAddress] {
        // Names are not asked for on behalf of a run that may make no more requests.
        if let limit = allowance.limit, allowance.used >= limit { try counted() }
        let addresses: [IPAddress]
        switch target.host {
        case .address(let address): addresses = [address]
        case .name(let name):
            guard let found = resolver.addresses(of: name, until: end) else {
                throw .failed("'\(target.host)' was not resolved in time")
            }
            guard !found.isEmpty else { throw .failed("there is no host '\(target.host)'") }
            addresses = found
        }
        for address in addresses {
            do throws(AccessDenial) {
                try gate.checkResolved(address, of: target.host, for: .http)
            } catch {
                throw .denied(error)
            }
        }
        return addresses
    }

    private func counted() throws(HostRefusal) {
        do throws(AccessDenial) { try allowance.take() } catch { throw .denied(error) }
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}
