/// One program's way of doing what is measured; each method returns milliseconds.
protocol Side {
    /// The capsule.
    var id: String { get }
    /// Where its files lie.
    var directory: String { get }
    func prepare() throws
    @discardableResult func commit() throws -> Double
    @discardableResult func push() throws -> Double
    func status() throws -> Double
    func fetch() throws -> Double
    func clone() throws -> Double
    /// Makes a branch current that is where the current one is.
    func makeBranch(_ name: String) throws
    /// Makes a branch current.
    func switchBranch(_ name: String) throws
    /// Says how many lines the working files have that are not committed.
    func diff() throws -> Double
    /// Merges a branch into the current one.
    func merge(_ branch: String) throws -> Double
}

/// Amx: a workspace with one capsule.
struct AmxSide: Side {
    let program: Program
    let amx: String
    let folder: String
    let id: String
    let owner: String
    var directory: String { "\(folder)/knowledge/capsules/\(id)" }

    func prepare() throws {
        try program.run(amx, ["init", folder])
        try program.run(amx, ["remote", "add", "origin", owner], in: folder)
    }
    func commit() throws -> Double { try program.run(amx, ["commit", id, "-m", "Change"], in: folder) }
    func push() throws -> Double { try program.run(amx, ["push", "origin", id], in: folder) }
    func status() throws -> Double { try program.run(amx, ["status"], in: folder) }
    func fetch() throws -> Double { try program.run(amx, ["fetch", "origin", id], in: folder) }
    func makeBranch(_ name: String) throws { try program.run(amx, ["switch", id, name, "--create"], in: folder) }
    func switchBranch(_ name: String) throws { try program.run(amx, ["switch", id, name], in: folder) }
    func diff() throws -> Double { try program.run(amx, ["diff", id, "--stat"], in: folder) }
    func merge(_ branch: String) throws -> Double { try program.run(amx, ["merge", id, branch], in: folder) }
    func clone() throws -> Double { try program.run(amx, ["clone", "\(owner)/\(id).git", "\(folder)-clone"]) }
}

/// git: a repository of the same files.
struct GitSide: Side {
    let program: Program
    let git: String
    let folder: String
    let id: String
    let owner: String
    var directory: String { folder }

    func prepare() throws {
        try program.run(git, ["init", "-q", folder])
        try program.run(git, ["remote", "add", "origin", "\(owner)/\(id).git"], in: folder)
    }
    func commit() throws -> Double {
        try program.run(git, ["add", "-A"], in: folder) + program.run(git, ["commit", "-qm", "Change"], in: folder)
    }
    func push() throws -> Double { try program.run(git, ["push", "-q", "-u", "origin", "main"], in: folder) }
    func status() throws -> Double { try program.run(git, ["status"], in: folder) }
    func fetch() throws -> Double { try program.run(git, ["fetch", "-q"], in: folder) }
    func makeBranch(_ name: String) throws { try program.run(git, ["switch", "-qc", name], in: folder) }
    func switchBranch(_ name: String) throws { try program.run(git, ["switch", "-q", name], in: folder) }
    func diff() throws -> Double { try program.run(git, ["diff", "--stat"], in: folder) }
    func merge(_ branch: String) throws -> Double {
        try program.run(git, ["merge", "-q", "--no-edit", branch], in: folder)
    }
    func clone() throws -> Double { try program.run(git, ["clone", "-q", "\(owner)/\(id).git", "\(folder)-clone"]) }
}
