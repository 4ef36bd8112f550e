import Foundation
import Testing

@testable import Runners

/// What `docs/running.md` says of events is so.
@Suite("Runners: the page of events") struct EventDocumentationTests {
    private let section: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/running.md"), encoding: .utf8)
        let start = try #require(page.components(separatedBy: "\n## Events between capsules\n").dropFirst().first)
        section = try #require(start.components(separatedBy: "\n## ").first)
    }

    @Test func limitsAreThoseOfTheCode() {
        let limits = DispatchLimits()
        let waiting = "\(limits.waiting), and \(limits.waitingBytes >> 20) MiB"
        let rows = [
            "| an event's data | \(EventBus.dataBytes >> 20) MiB as JSON |",
            "| what a capsule publishes | \(RateMeter.bytesPerSecond >> 20) MiB a second,",
            "and theirs in turn | \(BusEvent.hopLimit) in a row:",
            "| deliveries of a capsule at once | \(limits.permits) |",
            "| deliveries of a capsule that wait | \(waiting) of events |",
            "| deliveries of all capsules at once | \(limits.threads):",
            "| subscriptions | \(EventBus.subscriptionLimit) |",
            "| events that wait for a subscription | \(EventBus.waitingCount), and \(EventBus.waitingBytes >> 20) MiB |",
            "| a wait for an event | \(EventSubscription.longestWait / 1_000_000_000) seconds |",
            "| segments of a topic, or of a pattern | \(TopicPattern.segmentLimit) |",
        ]
        for row in rows { #expect(section.contains(row), "\(row)") }
    }

    @Test func topicsAreThoseOfTheCode() {
        for topic in [
            AmxTopic.capsulesLoaded, AmxTopic.lifecycle("<what>"), AmxTopic.lagged, AmxTopic.healthFailed,
        ] {
            #expect(section.contains("| `\(topic)` |"), "\(topic)")
        }
    }
}
