internal import Audiobooks
internal import FuzzSupport

/// Holds the readers of books to their promises for one input of libFuzzer: there is a book or an error, and every letter of a book is
/// said once and in order.
@c(LLVMFuzzerTestOneInput)
public func fuzzBooks(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let input = unsafe Cuts(start, count)
    let bytes = Array(input.whole.dropFirst())
    let name = ["book.txt", "book.md", "book.html", "book.epub"][Int(input.whole[0]) % 4]
    guard let book = try? Book(bytes: bytes, name: name) else { return 0 }
    promise(!book.chapters.isEmpty, "a book without chapters")
    var settings = ScriptSettings()
    settings.requestCharacters = 8 + Int(input.whole[0])
    settings.dialogueVoice = "d"
    let script = Script(book.chapters, language: book.language, settings)
    // Marks of voices lie in one part of a paragraph: what two parts have of one is text.
    let runs = book.chapters.flatMap(\.paragraphs).flatMap(\.runs)
    let text = runs.map { $0.text.replacing(/\[voice(?::[^\]\[]{0,200}?)?\]/, with: "") }.joined()
    promise(letters(script.text) == letters(text), "a letter is not said, or twice")
    return 0
}

/// Letters and digits by their scalars: an accent at the beginning of a part would else join the letter before it.
private func letters(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
}
