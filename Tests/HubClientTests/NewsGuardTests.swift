import Objects
import Testing

@testable import HubClient

/// Servers that say no more than that they are there.
struct NewsGuardTests {
    @Test(
        arguments: [
            // Seconds at which something comes, with news or without; the index at which it is enough.
            ([(0, false), (5, false), (9, false), (10, false)], 3),
            ([(0, false), (9, true), (18, false), (19, false)], 3),
            ([(0, true), (9, true), (18, true), (27, true)], nil), ([(100, false), (109, false)], nil),
            ([(0, false), (20, true), (29, false), (30, false)], 3),
        ] as [([(Int, Bool)], Int?)])
    func areGivenUp(pieces: [(Int, Bool)], end: Int?) {
        var news = NewsGuard(seconds: 10, host: "hub.example")
        let start = ContinuousClock.now
        for (index, (second, isNews)) in pieces.enumerated() {
            do throws(AmxError) {
                try news.note(isNews: isNews, at: start + .seconds(second))
                #expect(index != end)
            } catch {
                #expect(index == end && error.code == .network && error.hint?.contains("AMX_ANSWER_TIMEOUT") == true)
            }
        }
    }
}
