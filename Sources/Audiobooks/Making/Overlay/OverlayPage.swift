/// A chapter as a page of text, each sentence with a name, and the times at which the sentences are said.
struct OverlayPage {
    let chapter: Chapter
    /// The sentences of the chapter, in order.
    let sentences: [Narration.Sentence]
    /// What of the narration the sound of the page has.
    let frames: Range<Int>
    let rate: Int
    let language: String
    /// The name of its files, such as `ch001`.
    let name: String

    /// Whether anything of it is said.
    var hasSound: Bool { !frames.isEmpty }

    /// The page.
    var text: String {
        var number = 0
        var body = ""
        let byParagraph = Dictionary(grouping: sentences, by: \.paragraph)
        for (index, paragraph) in chapter.paragraphs.enumerated() {
            guard paragraph.kind != .sceneBreak else {
                body += "<hr/>\n"
                continue
            }
            let (open, close) = tags(of: paragraph)
            guard let own = byParagraph[index] else {
                // Marks alone are to be seen, though nobody says them.
                if !paragraph.text.isEmpty { body += open + paragraph.text.xml + close + "\n" }
                continue
            }
            body += open + inline(paragraph, own, from: number) + close + "\n"
            number += own.count
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="\(language.xml)" \
            xml:lang="\(language.xml)">
            <head>
            <meta charset="utf-8"/>
            <title>\(chapter.title.xml)</title>
            <link rel="stylesheet" type="text/css" href="../style.css"/>
            </head>
            <body>
            <section epub:type="chapter" id="chapter">
            \(body)</section>
            </body>
            </html>

            """
    }

    private func tags(of paragraph: Paragraph) -> (String, String) {
        switch paragraph.kind {
        case .heading(let level): ("<h\(min(level, 6))>", "</h\(min(level, 6))>")
        case .verse: ("<p class=\"verse\">", "</p>")
        case .item: ("<p class=\"item\">", "</p>")
        default: ("<p>", "</p>")
        }
    }

    /// The sentences of a paragraph with their names, stressed where the book stresses.
    private func inline(_ paragraph: Paragraph, _ own: [Narration.Sentence], from number: Int) -> String {
        var voice: String?
        var units = VoicedText(paragraph, voice: &voice, ScriptSettings()).units[...]
        var text = ""
        for (offset, sentence) in own.enumerated() {
            var wanted = sentence.text.count { !$0.isWhitespace }
            let blanks = units.prefix { $0.character.isWhitespace }
            if !text.isEmpty, !blanks.isEmpty { text += " " }
            units = units.dropFirst(blanks.count)
            let span = units.prefix { unit in
                guard wanted > 0 else { return false }
                if !unit.character.isWhitespace { wanted -= 1 }
                return true
            }
            units = units.dropFirst(span.count)
            text += "<span id=\"s\(number + offset + 1)\">\(stressed(span))</span>"
        }
        return text
    }

    private func stressed(_ units: ArraySlice<VoicedText.Unit>) -> String {
        var text = ""
        var isOpen = false
        for unit in units {
            if unit.isEmphasized != isOpen {
                text += isOpen ? "</em>" : "<em>"
                isOpen.toggle()
            }
            text += String(unit.character).xml
        }
        return isOpen ? text + "</em>" : text
    }

    /// The times: one sentence begins where the one before it ends, so that pauses are heard too.
    var times: String {
        var pairs = ""
        for (index, sentence) in sentences.enumerated() {
            let begin = index == 0 ? frames.lowerBound : sentence.frames.lowerBound
            let end = index + 1 < sentences.count ? sentences[index + 1].frames.lowerBound : frames.upperBound
            guard end > begin else { continue }
            pairs += """
                <par id="p\(index + 1)"><text src="\(name).xhtml#s\(index + 1)"/>\
                <audio src="../audio/\(name).mp3" clipBegin="\(clock(begin))" clipEnd="\(clock(end))"/></par>

                """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">
            <body>
            <seq id="chapter" epub:textref="\(name).xhtml#chapter" epub:type="chapter">
            \(pairs)</seq>
            </body>
            </smil>

            """
    }

    /// How long the page takes to read.
    var duration: Double { Double(frames.count) / Double(rate) }

    private func clock(_ frame: Int) -> String { Double(frame - frames.lowerBound).clock(rate: rate) }
}

extension Double {
    /// Frames as seconds, to the tenth of a millisecond.
    fileprivate func clock(rate: Int) -> String { (self / Double(rate)).secondsText }

    /// Seconds with four digits behind the point.
    var secondsText: String {
        let parts = Int((self * 10_000).rounded()).quotientAndRemainder(dividingBy: 10_000)
        return "\(parts.quotient).\(String(String(parts.remainder + 10_000).dropFirst()))s"
    }
}

extension String {
    /// The text as XML takes it.
    var xml: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\t", "\n": text += " "
            case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value): break
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
