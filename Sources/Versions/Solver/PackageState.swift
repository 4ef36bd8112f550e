/// What a solve keeps of one package, beside its sets.
struct PackageState {
    /// The package in the catalogue.
    let name: Int32
    /// The number of words of its sets.
    let width: Int32
    /// Where its words start in the solver's arrays of sets.
    let offset: Int32
    /// The ordinal to try first; -1 for none.
    let preferred: Int32
    /// The bit of "none" in the last word.
    let none: UInt64
    /// The package's latest entry in the trail; -1 for none.
    var last: Int32 = -1
    /// How many conflicts the package took part in.
    var activity: UInt32 = 0
    /// How often its next versions were announced to the source.
    var tries: UInt32 = 0
    var isQueued = false
    /// Whether the package became needed since its facts were last looked at from the other side.
    var isFresh = false
    /// Whether the facts of all its candidates take part.
    var isWhollyActive = false
}
