extension Array where Element: BitwiseCopyable {
    /// The elements of a span.
    package init(copying elements: Span<Element>) {
        self = []
        append(copying: elements)
    }

    /// Appends the elements of a span, all at once.
    package mutating func append(copying elements: Span<Element>) {
        guard !elements.isEmpty else { return }
        append(addingCapacity: elements.count) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                unsafe elements.withUnsafeBufferPointer { source in
                    guard let source = source.baseAddress, let target = target.baseAddress else { return }
                    unsafe target.initialize(from: source, count: elements.count)
                    initialized = elements.count
                }
            }
        }
    }
}
