internal import CICU

/// Where words end in a text of a script that has no spaces between them, by ICU's dictionary.
package enum WordEnds {
    /// The pieces of a text between the borders, which are its words where it has no spaces.
    package static func words(of text: String) -> [String] {
        let units = Array(text.utf16)
        var start = 0
        return offsets(in: text).map { end in
            defer { start = end }
            return String(decoding: units[start..<end], as: UTF16.self)
        }
    }

    /// The offsets in UTF-16 units at which words of the text end, in order.
    static func offsets(in text: String) -> [Int] {
        let units = Array(text.utf16)
        guard let count = Int32(exactly: units.count), count > 0 else { return [] }
        var found: Int32 = 0
        let ends = [Int32](capacity: units.count) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                found = unsafe units.withUnsafeBufferPointer {
                    unsafe oriole_icu_word_ends("zh", $0.baseAddress, count, target.baseAddress, count)
                }
                initialized = Int(max(found, 0))
            }
        }
        return ends.map(Int.init)
    }
}
