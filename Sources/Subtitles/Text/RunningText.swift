/// Text that becomes known bit by bit: each bit with the blank that parts it from what came before, where the script has blanks.
package struct RunningText: Sendable {
    private var last: Character?

    package init() {}

    /// What to write for more words; nothing for none.
    package mutating func next(_ words: some Collection<TimedWord>) -> String {
        let text = words.written
        guard let first = text.first else { return "" }
        let isApart = last.map { !($0.isWide && first.isWide) } ?? false
        last = text.last
        return (isApart ? " " : "") + text
    }
}
