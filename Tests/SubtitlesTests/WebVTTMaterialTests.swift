import Foundation
import Platform
import Subtitles
import TestSupport
import Testing

/// The files of vtt.js with what it reads of them, which are the tests of the W3C in an older form.
@Suite(.tags(.material, .parser), .needsMaterial)
struct WebVTTMaterialTests {
    private struct Expected: Decodable {
        let cues: [ExpectedCue]
        let regions: [ExpectedRegion]
    }

    private struct ExpectedCue: Decodable {
        let id, text, align, vertical: String
        let startTime, endTime, size: Double
        let line, position: Place
        let lineAlign: String
        let snapToLines: Bool
        let region: Region
    }

    private struct ExpectedRegion: Decodable, Equatable {
        let lines: Int
        let width, regionAnchorX, regionAnchorY, viewportAnchorX, viewportAnchorY: Double
        let scroll: String
    }

    /// A number, or ‘auto’.
    private enum Place: Decodable, Equatable {
        case auto
        case at(Double)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            self = (try? value.decode(Double.self)).map { .at($0) } ?? .auto
        }
    }

    /// The region itself, or an empty text.
    private struct Region: Decodable {
        let isThere: Bool

        init(from decoder: any Decoder) throws {
            isThere = (try? decoder.singleValueContainer().decode(String.self)) == nil
        }
    }

    private static let files: [String] = {
        let root = Material.path("subtitles/vtt.js")
        let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(".vtt") }.sorted()
    }()

    /// What the parser of vtt.js reads of a file; some folders share one expectation for files that are all wrong.
    private static func expectation(of file: String) throws -> Expected? {
        let path = Material.path("subtitles/vtt.js/\(file.dropLast(4)).json")
        guard OutputFile.isTaken(path) else { return nil }
        return try JSONDecoder().decode(Expected.self, from: Data(contents(of: path)))
    }

    @Test func `all are there`() { #expect(Self.files.count > 150) }

    @Test(arguments: files) func `a file is read as browsers read it`(file: String) throws {
        let text = String(decoding: try contents(of: Material.path("subtitles/vtt.js/\(file)")), as: UTF8.self)
        guard let expected = try Self.expectation(of: file) else {
            // Without an expectation of its own the file must end well, and be read again as it was read.
            guard let read = try? WebVTT(reading: text) else { return }
            #expect(try WebVTT(reading: read.text).cues == read.cues)
            return
        }
        var read = try WebVTT(reading: text)
        // After a line that is but an arrow the standard begins a new block, where vtt.js leaves the cue out.
        if file == "integration/id.vtt" { #expect(read.cues.remove(at: 3).payload == "Test") }
        #expect(read.cues.count == expected.cues.count)
        for (cue, wanted) in zip(read.cues, expected.cues) {
            #expect(cue.name == wanted.id)
            #expect(cue.payload == wanted.text)
            #expect(cue.start == .milliseconds(Int((wanted.startTime * 1_000).rounded())))
            #expect(cue.end == .milliseconds(Int((wanted.endTime * 1_000).rounded())))
            let align = cue.settings.alignment == .center ? "middle" : cue.settings.alignment.rawValue
            #expect(align == wanted.align)
            #expect(cue.settings.vertical.rawValue == wanted.vertical)
            #expect(cue.settings.size == wanted.size)
            #expect((cue.settings.line.map { Place.at($0) } ?? .auto) == wanted.line)
            #expect(cue.settings.snapsToLines == wanted.snapToLines)
            #expect((cue.settings.position.map { Place.at($0) } ?? .auto) == wanted.position)
            let lineAlign = cue.settings.lineAlignment == .center ? "middle" : cue.settings.lineAlignment.rawValue
            #expect(lineAlign == wanted.lineAlign)
            let region = cue.settings.region.map { name in read.regions.contains { $0.name == name } } ?? false
            #expect(region == wanted.region.isThere)
        }
        let regions = read.regions.map {
            ExpectedRegion(
                lines: $0.lines, width: $0.width, regionAnchorX: $0.anchor.x, regionAnchorY: $0.anchor.y,
                viewportAnchorX: $0.viewportAnchor.x, viewportAnchorY: $0.viewportAnchor.y,
                scroll: $0.scrollsUp ? "up" : "")
        }
        #expect(regions == expected.regions)
    }

    // MARK: - The tree of the text

    private struct Shown: Decodable {
        let childNodes: [Shown]?
        let tagName, title, className, lang, data: String?
        let localName: String?
    }

    /// The tree as vtt.js draws it, from the element that holds the text on.
    private static func drawn(_ shown: Shown) -> String {
        guard let tag = shown.tagName else { return shown.data.map { "‘\($0)’" } ?? "" }
        let children = (shown.childNodes ?? []).map(drawn).joined()
        let notes = [shown.title, shown.className, shown.lang].map { $0 ?? "" }.joined(separator: "/")
        return "<\(tag.lowercased()) \(notes)>\(children)</>"
    }

    private static func drawn(_ node: WebVTTNode) -> String {
        switch node {
        case .text(let text): return "‘\(text)’"
        case .time: return ""
        case .tag(let tag, let classes, let annotation, let children):
            let names: [WebVTTNode.Tag: String] = [.span: "span", .voice: "span", .language: "span"]
            let notes = [
                tag == .voice ? annotation : "", classes.joined(separator: " "), tag == .language ? annotation : "",
            ]
            let inside = children.map(drawn).joined()
            return "<\(names[tag] ?? tag.rawValue) \(notes.joined(separator: "/"))>\(inside)</>"
        }
    }

    @Test(arguments: files.filter { $0.hasPrefix("cuetext/") })
    func `the text of a cue is the tree that browsers make of it`(file: String) throws {
        let path = Material.path("subtitles/vtt.js/\(file.dropLast(4))-proc.json")
        let text = String(decoding: try contents(of: Material.path("subtitles/vtt.js/\(file)")), as: UTF8.self)
        // Some were never drawn.
        guard let shown = try JSONDecoder().decode([Shown]?.self, from: Data(contents(of: path))) else { return }
        let read = try WebVTT(reading: text)
        #expect(read.cues.count == shown.count)
        for (cue, wanted) in zip(read.cues, shown) {
            let tree = (wanted.childNodes?.first?.childNodes ?? []).map(Self.drawn).joined()
            #expect(cue.nodes.map(Self.drawn).joined() == tree)
        }
    }
}
