import CSQLite

/// An open database of SQLite. Not for use by several threads at once.
final class StoreDatabase {
    private let handle: OpaquePointer

    /// Opens a file, which is made where it is missing; waits so many milliseconds where others have it.
    init(_ path: String, patience: Int32) throws(StoreFault) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard code == SQLITE_OK, let opened else {
            let text = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw .failed(text)
        }
        sqlite3_busy_timeout(opened, patience)
        handle = opened
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs statements that give nothing.
    func execute(_ statements: String) throws(StoreFault) {
        try check(sqlite3_exec(handle, statements, nil, nil, nil))
    }

    /// Prepares a statement.
    func prepare(_ text: String) throws(StoreFault) -> StoreStatement {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, text, -1, &statement, nil))
        guard let statement else { throw .failed("there is no statement in '\(text)'") }
        return StoreStatement(statement, of: self)
    }

    /// The number in a statement's first column and row.
    func number(_ text: String) throws(StoreFault) -> Int64 {
        let statement = try prepare(text)
        guard try statement.step() else { throw .failed("'\(text)' gives nothing") }
        return statement.number(0)
    }

    /// Does all of some work or nothing, while nobody else writes.
    func transaction<Result>(_ body: () throws(StoreFault) -> Result) throws(StoreFault) -> Result {
        try execute("BEGIN IMMEDIATE")
        do throws(StoreFault) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // Some errors have ended it already.
            if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Turns a code of SQLite into an error.
    func check(_ code: Int32) throws(StoreFault) {
        switch code & 0xFF {
        case SQLITE_OK, SQLITE_ROW, SQLITE_DONE: return
        case SQLITE_FULL: throw .fileFull
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: throw .busy
        default: throw .failed(String(cString: sqlite3_errmsg(handle)))
        }
    }
}
