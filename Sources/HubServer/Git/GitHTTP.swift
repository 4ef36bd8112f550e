import HTTPTypes
import Hummingbird

/// The parts of git's smart HTTP that are the same for fetch and push: paths, content types and cache headers.
enum GitHTTP {
    /// Whether a path is one of the three that git asks for.
    static func isGitPath(_ path: String) -> Bool {
        path.hasSuffix("/info/refs") || path.hasSuffix("/git-upload-pack") || path.hasSuffix("/git-receive-pack")
    }

    /// What every answer to git carries: nothing on the way may keep it.
    static func headers(contentType: String) -> HTTPFields {
        [
            .contentType: contentType, .expires: "Fri, 01 Jan 1980 00:00:00 GMT",
            .cacheControl: "no-cache, max-age=0, must-revalidate",
        ]
    }
}
