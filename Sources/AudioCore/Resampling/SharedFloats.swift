/// Aligned floats that are filled once and then only read, by any thread.
///
/// Unchecked, since the compiler sees a pointer: it is written in `init` alone, before anybody else can have it, and
/// given out for reading only.
@safe
final class SharedFloats: @unchecked Sendable {
    private let floats: AlignedFloats

    /// Makes room and lets `fill` write it.
    init(count: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
        floats = AlignedFloats(count: count)
        unsafe fill(floats.base)
    }

    /// Copies values.
    convenience init(_ values: [Float]) {
        unsafe self.init(count: values.count) { base in
            for (index, value) in values.enumerated() { unsafe base[index] = value }
        }
    }

    /// The first of them.
    var base: UnsafePointer<Float> { unsafe UnsafePointer(floats.base) }
}
