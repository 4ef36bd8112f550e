import Objects
import Testing

/// The list of folders of objects in git's environment.
struct ObjectFolderListTests {
    @Test(
        arguments: [
            ("", []), ("/a", ["/a"]), ("/a:/b", ["/a", "/b"]), ("/a::/b:", ["/a", "/b"]), ("a b:c", ["a b", "c"]),
            ("\"/a:b\":/c", ["/a:b", "/c"]), ("\"/a\\\"b\\\\c\"", ["/a\"b\\c"]), ("\"\\303\\251\\n\"", ["é\n"]),
            ("/a\"b:/c", ["/a\"b", "/c"]), ("/a:\"/b", ["/a"]), ("\"\\", []), ("\"/a\"x:/b", ["/a", "/b"]),
            ("\"\\777\":/b", ["\u{FFFD}", "/b"]),
        ] as [(String, [String])])
    func paths(list: String, wanted: [String]) {
        #expect(ObjectFolderList.paths(list) == wanted)
    }
}
