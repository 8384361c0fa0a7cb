extension Array where Element: BitwiseCopyable {
    /// The elements of a span.
    package init(copying elements: Span<Element>) {
        self = []
        append(copying: elements)
    }

    /// Appends the elements of a span.
    package mutating func append(copying elements: Span<Element>) {
        append(addingCapacity: elements.count) { free in
            for index in elements.indices { free.append(elements[index]) }
        }
    }
}
