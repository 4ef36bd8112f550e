/// The cosine of the angle between rows.
enum RowVector {
    /// The cosine of two rows of numbers in the same layout; nil when it is not defined, as for infinities.
    ///
    /// Two rows of zeros point the same way; a row of zeros and another one don't. Sums are kept in double precision, scaled where that
    /// would not hold them.
    static func cosine(
        _ element: RowElement, _ width: Int, _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Double? {
        guard left.count == width * element.size, right.count == left.count else { return nil }
        let sums =
            element == .single
            ? singles(left, right, width) : numbers(left, right, width, of: element, scales: (1, 1))
        if let cosine = sums.cosine { return cosine }
        // Too large or too small to be squared.
        let peaks = (peak(left, width, of: element), peak(right, width, of: element))
        guard peaks.0.isFinite, peaks.1.isFinite else { return nil }
        guard peaks.0 > 0, peaks.1 > 0 else { return peaks.0 == peaks.1 ? 1 : 0 }
        return numbers(left, right, width, of: element, scales: peaks).cosine
    }

    /// The cosine of two vectors that stand in JSON; nil for vectors of different lengths too.
    static func cosine(_ left: [Double], _ right: [Double]) -> Double? {
        guard left.count == right.count else { return nil }
        return left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                // Numbers in memory are little-endian on every system that Amx runs on.
                cosine(.double, left.count / RowElement.double.size, left, right)
            }
        }
    }

    private struct Sums {
        var dot = 0.0
        var left = 0.0
        var right = 0.0

        /// Nil when the sums have lost the vectors' directions.
        var cosine: Double? {
            guard left.isNormal, right.isNormal, dot.isFinite else { return nil }
            return max(-1, min(1, dot / (left.squareRoot() * right.squareRoot())))
        }
    }

    /// The sums of rows of 32-bit floats, four at a time: embeddings are mostly these, and large.
    private static func singles(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ width: Int
    ) -> Sums {
        var (dots, lefts, rights) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
        var index = 0
        while index + 4 <= width {
            let first = SIMD4<Double>(left.loadUnaligned(fromByteOffset: index * 4, as: SIMD4<Float>.self))
            let second = SIMD4<Double>(right.loadUnaligned(fromByteOffset: index * 4, as: SIMD4<Float>.self))
            dots += first * second
            lefts += first * first
            rights += second * second
            index += 4
        }
        var sums = Sums(dot: dots.sum(), left: lefts.sum(), right: rights.sum())
        while index < width {
            let first = RowElement.single.value(in: left, at: index * 4)
            let second = RowElement.single.value(in: right, at: index * 4)
            sums.dot += first * second
            sums.left += first * first
            sums.right += second * second
            index += 1
        }
        return sums
    }

    private static func numbers(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ width: Int, of element: RowElement,
        scales: (Double, Double)
    ) -> Sums {
        var sums = Sums()
        for index in 0..<width {
            let first = element.value(in: left, at: index * element.size) / scales.0
            let second = element.value(in: right, at: index * element.size) / scales.1
            sums.dot += first * second
            sums.left += first * first
            sums.right += second * second
        }
        return sums
    }

    /// The largest magnitude; NaN when one of the numbers is.
    private static func peak(_ row: UnsafeRawBufferPointer, _ width: Int, of element: RowElement) -> Double {
        var peak = 0.0
        for index in 0..<width {
            let number = abs(element.value(in: row, at: index * element.size))
            if number.isNaN { return .nan }
            peak = max(peak, number)
        }
        return peak
    }
}
