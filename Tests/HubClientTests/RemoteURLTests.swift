import HubClient
import Objects
import Testing

@Suite struct RemoteURLTests {
    @Test(arguments: [
        ("https://Hub.example/acme/", "https://hub.example/acme"), ("https://me@h:8443/acme", "https://me@h:8443/acme"),
        ("https://me@h/", "https://me@h"), ("/srv/git", "/srv/git"), ("../other", "/home/other"), (".", "/home/me"),
        ("./a:b", "/home/me/a:b"), ("a/../../b//c/", "/home/b/c"), ("/", "/"), ("/../..", "/"),
        ("file:///srv/git/", "/srv/git"),
        ("über uns", "/home/me/über uns"),
    ])
    func addressesHaveOneForm(_ text: String, _ canonical: String) throws {
        let url = try RemoteURL(parsing: text, relativeTo: "/home/me")
        #expect(url.text == canonical)
        #expect(try RemoteURL(parsing: url.text, relativeTo: "/elsewhere") == url)
    }

    @Test(arguments: [
        "", "ssh://git@h/a", "git@h:acme/a", "git://h/a", "file://host/a", "https://u:p@h/a", "a\nb", "/a\u{0}b",
        "/a\u{7F}",
        "https://h/a\u{1B}[31m", "ext::sh -c x",
    ])
    func whatIsNotSpokenIsRefused(text: String) {
        #expect { try RemoteURL(parsing: text, relativeTo: "/home/me") } throws: {
            let error = $0 as? AmxError
            return error?.code == .usage && error?.message.utf8.allSatisfy { $0 >= 0x20 } == true
        }
    }

    @Test(arguments: [
        ("https://h/acme", "https://h/acme/kit.git"), ("https://h", "https://h/kit.git"), ("/srv", "/srv/kit.git"),
        ("/", "/kit.git"), ("https://me@h:81/a", "https://me@h:81/a/kit.git"),
    ])
    func aRepositoryHasAPlaceAndAName(_ place: String, _ repository: String) throws {
        let url = try RemoteURL(parsing: place, relativeTo: "/")
        #expect(url.repositoryParts == nil)
        #expect(url.repository("kit").text == repository)
        let parts = try #require(url.repository("kit").repositoryParts)
        #expect(parts.place == url && parts.name == "kit")
    }

    @Test(arguments: ["https://h/.git", "/.git", "https://h/a.git/b", "https://a.git"])
    func otherAddressesNameNoRepository(text: String) throws {
        #expect(try RemoteURL(parsing: text, relativeTo: "/").repositoryParts == nil)
    }
}
