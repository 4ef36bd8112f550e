/// What to do about an archive that is whole and yet can be no capsule.
enum ArchiveAdvice {
    /// One that another program wrote in a form that is not taken.
    static let makeAgain = "make the archive again with GNU tar or bsdtar, or the .kc file with `amx pack`"
    /// One with links, devices and the like.
    static let plainFiles = "replace the entry by a plain file and make the archive again"
}
