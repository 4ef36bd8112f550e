import CSQLite

/// A prepared statement of a database that is open.
struct StoreStatement: ~Copyable {
    private let handle: OpaquePointer
    private let database: StoreDatabase

    init(_ handle: OpaquePointer, of database: StoreDatabase) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// Sets a parameter, counted from 1, to bytes.
    func bind(_ index: Int32, _ bytes: [UInt8]) throws(StoreFault) {
        guard let count = Int32(exactly: bytes.count) else { throw .fileFull }
        let code = bytes.withUnsafeBytes { amx_sqlite_bind_bytes(handle, index, $0.baseAddress, count) }
        try database.check(code)
    }

    /// Sets a parameter to a number.
    func bind(_ index: Int32, _ number: Int64) throws(StoreFault) {
        try database.check(sqlite3_bind_int64(handle, index, number))
    }

    /// Goes on to the next row; whether there is one.
    func step() throws(StoreFault) -> Bool {
        let code = sqlite3_step(handle)
        try database.check(code)
        return code == SQLITE_ROW
    }

    /// The number in a column of the row, counted from 0.
    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// The bytes in a column of the row.
    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
