package import Objects

/// Marks, as the cause of an error, that a whole place failed and not one of its repositories.
///
/// The next repository there would fare no better: the host cannot be reached, its certificate is not trusted, the token is
/// refused, or the server is busy.
package struct PlaceFailure: Error {}

extension AmxError {
    /// Whether the error concerns a whole place.
    package var concernsPlace: Bool { cause is PlaceFailure }
}
