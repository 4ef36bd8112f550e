import Capsules
import Objects

extension ServerSession {
    /// How long nobody is asked whether to go on, in nanoseconds.
    private static let slice: Int64 = 400_000_000

    /// Calls a method and waits for its result; what the server asks and tells meanwhile is answered and kept.
    func exchange(
        _ method: String, _ parameters: JSONValue, until deadline: Int64, host: inout some HostInterface,
        check: () throws(AmxError) -> Void
    ) throws(ServerFault) -> JSONValue {
        let id = connection.begin(method, parameters)
        let start = connection.bytes.in
        var (asked, checked) = (0, MonotonicClock.nanoseconds())
        while true {
            let now = MonotonicClock.nanoseconds()
            guard now < deadline else { throw .timedOut }
            if now - checked >= Self.slice {
                checked = now
                do throws(AmxError) { try check() } catch { throw .stopped(error) }
            }
            let message: MessageConnection.Message
            do throws(ConnectionFault) {
                message = try connection.receive(until: min(deadline, checked + Self.slice))
            } catch {
                if error == .timedOut { continue }
                throw ServerFault(error)
            }
            guard connection.bytes.in - start <= trafficLimit else {
                throw .exceeded("it sent more than \(trafficLimit) bytes in one call")
            }
            switch message {
            case .request(let request, let said):
                asked += 1
                guard asked <= limits.requests else {
                    throw .exceeded("it asked more than \(limits.requests) times in one call")
                }
                connection.reply(to: request, answer(said, host: &host))
            case .notification(let said): take(said)
            case .answer(let answered, let result):
                // Also what was cancelled is answered sometimes, and some servers answer twice.
                if answered > 0, answered < id { continue }
                guard answered == id else { throw .malformed("it answered a call that was not made") }
                do throws(ConnectionFault) { return try result.get() } catch { throw ServerFault(error) }
            }
        }
    }

    /// All pages of the list of tools.
    func list(
        until deadline: Int64, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(ServerFault) -> [ServerTool] {
        var (tools, names, cursors): ([ServerTool], Set<[UInt8]>, Set<[UInt8]>) = ([], [], [])
        var parameters: JSONValue = [:]
        while true {
            let page = try exchange("tools/list", parameters, until: deadline, host: &host, check: check)
            guard let elements = page["tools"]?.array else { throw .malformed("its list of tools is none") }
            guard tools.count + elements.count <= limits.tools else {
                throw .exceeded("it lists more than \(limits.tools) tools")
            }
            for element in elements {
                let tool = try ServerTool(element, limits: limits)
                guard names.insert(Array(tool.name.utf8)).inserted else {
                    throw .malformed("it lists the tool '\(tool.name)' twice")
                }
                tools.append(tool)
            }
            guard let cursor = page["nextCursor"], cursor != .null else { return tools }
            guard let text = cursor.string, cursors.insert(Array(text.utf8)).inserted else {
                throw .malformed("its list of tools does not end")
            }
            guard cursors.count < limits.pages else {
                throw .exceeded("its list of tools has more than \(limits.pages) pages")
            }
            parameters = ["cursor": cursor]
        }
    }

    /// What a client that offers nothing says, and for what the protocol does not know, what the host says.
    private func answer(
        _ said: MessageConnection.Notification, host: inout some HostInterface
    ) -> Result<JSONValue, HostFault> {
        switch said.method {
        case "ping": return .success([:])
        case let method where Self.refused.contains(where: method.hasPrefix):
            return .failure(HostFault(.unknownMethod, "\(method.prefix(64)) is not offered"))
        default:
            do throws(HostFault) { return .success(try host.answer(said.method, said.parameters)) } catch {
                return .failure(error)
            }
        }
    }

    /// What servers of the protocol ask of clients that said that they can do it.
    private static let refused = ["roots/", "sampling/", "elicitation/", "tasks/"]

    private func take(_ said: MessageConnection.Notification) {
        switch said.method {
        case "notifications/message": log.take(said.parameters)
        case "notifications/tools/list_changed": hasOtherTools = true
        default: break
        }
    }
}
