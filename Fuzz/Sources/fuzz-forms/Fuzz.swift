internal import FuzzSupport

@testable internal import SpeechServer

/// The parts of a form with their bytes, or nothing when it is none.
private func read(_ pieces: [ArraySlice<UInt8>]) -> [String]? {
    var reader = MultipartReader(boundary: "b0")
    do {
        for piece in pieces { try reader.read(Array(piece).span) }
        return try reader.finish().parts.map {
            "\($0.name) \($0.fileName ?? "-") \($0.type ?? "-") \(try $0.content.bytes())"
        }
    } catch {
        return nil
    }
}

/// Holds the parser of forms to its promises for one input of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzForms(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Cuts(start, count)
    promise(read([input.whole[...]]) == read(input.pieces), "a cut changes the form")
    return 0
}
