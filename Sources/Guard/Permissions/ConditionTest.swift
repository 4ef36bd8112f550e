import Capsules
import Objects

/// One condition of a grant, ready to be tested (rows ).
struct ConditionTest: Sendable {
    let condition: Permission.Condition
    /// The compiled pattern of `matches`, or why there is none; nil for other operators.
    private let pattern: Result<RegularExpression, RegularExpressionFault>?

    init(_ condition: Permission.Condition) {
        self.condition = condition
        if condition.operator == .matches, case .string(let text) = condition.value {
            pattern = Result { () throws(RegularExpressionFault) in try RegularExpression(text) }
        } else {
            pattern = nil
        }
    }

    /// What its pattern has taken to compile, in instructions; as much as one may have where it was too large.
    var instructions: Int {
        switch pattern {
        case nil: 0
        case .success(let expression): expression.programSize
        case .failure(let fault):
            if case .tooLarge = fault.reason { PermissionCheck.maximumInstructions / 2 } else { 0 }
        }
    }

    /// Tests the request; `work` is what may still be taken: instructions times bytes of patterns, bytes and elements
    /// of what contains.
    func check(_ context: JSONObject, work: inout Int) throws(ConditionFault) {
        guard let found = context[condition.field] else { throw .missingField }
        switch condition.operator {
        case .equals: try Self.equals(found, condition.value)
        case .contains:
            switch (found, condition.value) {
            case (.string(let text), .string(let part)):
                try Self.take(text.utf8.count + part.utf8.count, of: &work)
                guard Self.contains(Array(text.utf8), Array(part.utf8)) else { throw .differs }
            case (.array(let elements), let value):
                guard Self.isSimple(value) else { throw .type }
                try Self.take(elements.count, of: &work)
                guard elements.contains(where: { Self.isSame($0, value) }) else { throw .differs }
            default: throw .type
            }
        case .startsWith:
            guard case (.string(let text), .string(let start)) = (found, condition.value) else { throw .type }
            guard text.utf8.starts(with: start.utf8) else { throw .differs }
        case .matches:
            guard case .string(let text) = found, let pattern else { throw .type }
            try Self.matches(text, pattern, &work)
        }
    }

    /// Texts, numbers, truths and null are compared; lists and objects never are.
    private static func equals(_ found: JSONValue, _ value: JSONValue) throws(ConditionFault) {
        guard isSimple(found), isSimple(value) else { throw .type }
        guard isSame(found, value) else { throw .differs }
    }

    private static func isSimple(_ value: JSONValue) -> Bool { value.array == nil && value.object == nil }

    /// Equal, without any change of type: but 1 and 1.0 are one number.
    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        guard isSimple(left) else { return false }
        switch (left, right) {
        case (.integer(let whole), .double(let number)), (.double(let number), .integer(let whole)):
            return Int64(exactly: number) == whole
        default: return left == right
        }
    }

    private static func matches(
        _ text: String, _ pattern: Result<RegularExpression, RegularExpressionFault>, _ work: inout Int
    ) throws(ConditionFault) {
        let expression: RegularExpression
        switch pattern {
        case .success(let compiled): expression = compiled
        case .failure(let fault): throw .pattern(Excerpt.of(fault.description))
        }
        let (asked, overflow) = expression.programSize.multipliedReportingOverflow(by: max(1, text.utf8.count))
        try take(overflow ? .max : asked, of: &work)
        let isMatch: Bool
        do throws(AmxError) {
            isMatch = try expression.matches(text)
        } catch {
            throw .pattern(error.message)
        }
        guard isMatch else { throw .differs }
    }

    private static func take(_ asked: Int, of work: inout Int) throws(ConditionFault) {
        guard asked <= work else { throw .work(limit: PermissionCheck.work) }
        work -= asked
    }

    /// Whether bytes stand somewhere in others; no bytes stand everywhere. Takes time proportional to both (Knuth,
    /// Morris, Pratt).
    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard !part.isEmpty else { return true }
        var back = [Int](repeating: 0, count: part.count)
        var matched = 0
        for index in part.indices.dropFirst() {
            while matched > 0, part[index] != part[matched] { matched = back[matched - 1] }
            if part[index] == part[matched] { matched += 1 }
            back[index] = matched
        }
        matched = 0
        for byte in text {
            while matched > 0, byte != part[matched] { matched = back[matched - 1] }
            if byte == part[matched] { matched += 1 }
            if matched == part.count { return true }
        }
        return false
    }
}
