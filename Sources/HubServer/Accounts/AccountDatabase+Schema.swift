import GRDB

extension AccountDatabase {
    /// The schema, step by step; a step that was released is never changed. Times are whole seconds since 1970, UTC.
    static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("accounts") { database in
            try database.execute(
                sql: """
                    CREATE TABLE owner (
                        name TEXT NOT NULL PRIMARY KEY,
                        created INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE token (
                        id TEXT NOT NULL PRIMARY KEY,
                        owner TEXT NOT NULL REFERENCES owner(name),
                        -- The first eight bytes of the digest find the row; the whole digest is compared afterwards.
                        lookup BLOB NOT NULL,
                        digest BLOB NOT NULL,
                        rights INTEGER NOT NULL,
                        created INTEGER NOT NULL,
                        expires INTEGER,
                        last_used INTEGER,
                        revoked INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX token_lookup ON token(lookup);
                    """)
        }
        migrator.registerMigration("claims") { database in
            try database.execute(
                sql: """
                    CREATE TABLE claim (
                        id TEXT NOT NULL PRIMARY KEY,
                        owner TEXT NOT NULL REFERENCES owner(name),
                        claimed INTEGER NOT NULL,
                        -- Whether the release that the claim was made for has been seen.
                        confirmed INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        return migrator
    }
}
