/// Where the words of a term's set lie when they do not fit inline.
enum SetHome {
    case permanent
    case learned
    /// The terms of the conflict that is being resolved.
    case conflict
}
