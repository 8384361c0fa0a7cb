import Platform
import TestSupport
import Testing

@Suite(.tags(.handle))
struct OutputFileTests {
    @Test func `a file has its name only once it is whole`() throws {
        let folder = ScratchFolder()
        let output = try OutputFile(folder.file("speech.wav"))
        try output.write([1, 2, 3].span)
        #expect(folder.names.count == 1 && folder.names[0].hasPrefix(".oriole-"))
        try output.commit()
        #expect(folder.names == ["speech.wav"])
        #expect(try contents(of: folder.file("speech.wav")) == [1, 2, 3])
    }

    @Test func `an output that is dropped leaves nothing, and what was there stays`() throws {
        let folder = ScratchFolder()
        try write([7], to: folder.file("a"))
        do {
            let output = try OutputFile(folder.file("a"))
            try output.write([1, 2, 3].span)
        }
        #expect(folder.names == ["a"])
        #expect(try contents(of: folder.file("a")) == [7])
    }

    @Test func `bytes can be written over others`() throws {
        let folder = ScratchFolder()
        let output = try OutputFile(folder.file("a"))
        try output.write([1, 2, 3, 4].span)
        try output.overwrite([9, 8].span, at: 1)
        try output.write([5].span)
        try output.commit()
        #expect(try contents(of: folder.file("a")) == [1, 9, 8, 4, 5])
    }

    @Test func `a device is written in place`() throws {
        let output = try OutputFile("/dev/null")
        try output.write([1].span)
        let isSeekable = output.isSeekable
        #expect(!isSeekable)
        try output.commit()
    }

    @Test func `a folder that is not there is an error with the wanted path`() {
        let error = #expect(throws: SystemError.self) { _ = try OutputFile("/no/such/folder/a.wav") }
        #expect(error?.subject == "/no/such/folder/a.wav")
        #expect(error?.isNotFound == true)
    }

    @Test func `a folder cannot be read as a file`() {
        let error = #expect(throws: SystemError.self) { _ = try OpenFile(reading: "/") }
        #expect(error?.text == "Is a directory")
    }
}
