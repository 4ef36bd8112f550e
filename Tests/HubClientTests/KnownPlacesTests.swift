import Capsules
import HubClient
import Objects
import Testing
import Workspaces

/// Which addresses of somebody else's may be asked: those that the workspace's own remotes lead to.
@Suite struct KnownPlacesTests {
    @Test(arguments: [
        ("https://hub.example/acme", true), ("https://hub.example:443/other", true), ("https://HUB.example/x", true),
        ("http://hub.example/acme", false), ("https://hub.example:8443/acme", false),
        ("https://hub.example.evil/acme", false), ("https://evil.example/hub.example", false),
        ("https://push.example/x", true), ("/srv/capsules", true), ("/srv/capsules/", true),
        ("/srv/work/../capsules", true),
        ("/srv/capsules/inner", false), ("/srv", false), ("/etc", false), ("near", true), ("../work/near", true),
        ("far", false),
    ]) func onlyWhatRemotesLeadTo(_ address: String, _ isKnown: Bool) throws {
        var web = Remote(name: "origin", url: "https://hub.example/acme")
        web.pushURL = "https://push.example/acme"
        let places = KnownPlaces(
            [web, Remote(name: "folder", url: "/srv/capsules"), Remote(name: "near", url: "near")],
            relativeTo: "/srv/work")
        let url = try RemoteURL(parsing: address, relativeTo: "/srv/work")
        #expect(places.contains(url) == isKnown)
        let id = try CapsuleID("app")
        guard !isKnown else { return try places.check(url, of: id) }
        let error = #expect(throws: AmxError.self) { try places.check(url, of: id) }
        #expect(error?.code == .denied)
    }

    /// What the hint gives to copy is somebody else's text.
    @Test(
        arguments: [
            ("https://ada:x@evil.example/acme", nil), ("https://secret@evil.example/acme", "https://evil.example/acme"),
            ("/srv/x; touch pwned", "'/srv/x; touch pwned'"),
        ] as [(String, String?)]) func theHintIsSafeToCopy(_ address: String, _ word: String?) throws
    {
        guard let url = try? RemoteURL(parsing: address, relativeTo: "/srv/work") else { return #expect(word == nil) }
        let error = #expect(throws: AmxError.self) {
            try KnownPlaces([], relativeTo: "/srv/work").check(url, of: CapsuleID("app"))
        }
        #expect(error?.hint?.contains("`amx remote add NAME \(word ?? "")`") == true, "\(error?.hint ?? "")")
        #expect(error?.message.contains("secret") == false)
    }

    @Test func placesWithoutARemoteHaveNamesOfTheirOwn() throws {
        let names = ["https://hub.example/acme", "https://hub.example/globex", "/srv/capsules"].map {
            ReleasePlaceName.name(of: $0)
        }
        #expect(Set(names).count == 3)
        for name in names {
            #expect(RefName(remote: name, branch: "main") != nil && !RefName.isRemote(name))
        }
    }
}
