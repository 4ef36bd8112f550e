/// Records that have been written to a journal and are not known to be durable yet.
struct JournalTicket {
    /// The file that they were written to, read on to their end.
    let file: JournalFile
    /// The records.
    let records: [JournalRecord]
    /// The place after the last of them.
    let end: Int
}
