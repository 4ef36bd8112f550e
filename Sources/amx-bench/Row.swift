/// One thing that is measured on both sides.
enum Row: String, CaseIterable {
    /// The program starts, prints its version, and ends.
    case startUp = "start-up (--version)"
    /// 60 text files and one float matrix of 6 MB, never stored before.
    case firstCommit = "first commit, 60 texts and 6 MB of floats"
    /// One text line changed.
    case smallCommit = "commit of one changed line"
    /// Nothing changed.
    case status = "status, nothing changed"
    /// The whole capsule to an empty hub.
    case firstPush = "first push"
    /// Seventeen rows of the matrix replaced.
    case rowsPush = "push after 17 changed rows"
    /// Nothing new on the hub.
    case emptyFetch = "fetch, nothing new"
    /// The whole capsule into an empty place.
    case clone = "clone"
    /// One key of a JSON file and one line of a text changed in the working form.
    case diff = "diff --stat, a JSON key and a text line"
    /// Both sides changed other keys of a JSON file and other texts.
    case merge = "merge without conflicts, JSON and text"
}
