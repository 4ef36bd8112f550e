import HubClient
import Objects
import Testing

@Suite struct OriginTests {
    @Test(arguments: [
        ("http://127.0.0.1:3003", true), ("http://127.9.8.7/a", true), ("http://localhost/a", true),
        ("http://[::1]:80", true),
        ("https://hub.example", true), ("http://hub.example", false), ("http://127.0.0.1.evil.example", false),
        ("http://localhost.evil.example", false), ("http://127.0.0", false), ("http://127.0.0.256", false),
        ("http://10.0.0.1", false),
    ])
    func secretsStayOnThisMachineOrUnderEncryption(_ text: String, allowed: Bool) throws {
        #expect(try WebAddress(parsing: text).origin.maySendSecrets == allowed)
    }

    @Test(arguments: [
        ("HTTPS://Hub.Example:443/acme/", "https://hub.example/acme"), ("http://h:80", "http://h"),
        ("https://h:8443/a/b", "https://h:8443/a/b"), ("https://me@h/a", "https://h/a"),
        ("http://[::1]:3003/", "http://[::1]:3003"),
    ])
    func equalAddressesReadAlike(_ text: String, _ canonical: String) throws {
        #expect(try WebAddress(parsing: text).text == canonical)
    }

    @Test(arguments: [
        "ftp://h/a", "https:///a", "https://h:0/a", "https://h:65536/a", "https://h:+1/a", "https://h:/a",
        "https://a b/",
        "https://h/a\nb", "https://h/a\u{0}b", "https://h/é", "https://h/a/../b", "https://h/%2e%2E/b", "https://h//a",
        "https://h/a?q=1", "https://h/a#f", "https://u:secret@h/a", "https://h\\@evil/", "https://.h/", "https://h..x/",
        "h/a", "",
        "https://[::1/a", "https://[zz]/a", "https://[]/a",
    ])
    func whatIsAmbiguousIsRefused(_ text: String) {
        #expect { try WebAddress(parsing: text) } throws: { ($0 as? AmxError)?.code == .usage }
    }

    @Test(arguments: [
        ("https://user:secret@h/a", "https://***@h/a"), ("https://token@h", "https://***@h"),
        ("https://h/a", "https://h/a"),
        ("https://u:se/cret@h/a", "https://***@h/a"), ("https://u:secret@h/a\nb", "https://***@h/a\u{FFFD}b"),
        ("https://u:sec\u{202E}ret@h b", "https://***@h b"), ("no address", "no address"),
    ])
    func secretsAreHiddenInMessages(_ text: String, _ masked: String) {
        #expect(WebAddress.masked(text) == masked)
        do {
            _ = try WebAddress(parsing: text)
        } catch {
            #expect(!error.message.contains("secret") && !error.message.contains("cret"))
        }
    }
}
