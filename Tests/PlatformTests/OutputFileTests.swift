import Platform
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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

    @Test func `what a link points to is replaced, not the link, and stays as open to others as it was`() throws {
        let folder = ScratchFolder()
        try write([7], to: folder.file("a"))
        unsafe chmod(folder.file("a"), 0o640)
        #expect(unsafe symlink(folder.file("a"), folder.file("b")) == 0)
        try write([1, 2], to: folder.file("b"))
        #expect(try contents(of: folder.file("a")) == [1, 2])
        var information = stat()
        #expect(unsafe lstat(folder.file("b"), &information) == 0 && information.st_mode & S_IFMT == S_IFLNK)
        #expect(unsafe stat(folder.file("a"), &information) == 0 && information.st_mode & 0o777 == 0o640)
    }

    @Test func `a pipe that nobody reads is left when the task is cancelled`() async throws {
        let folder = ScratchFolder()
        let path = folder.file("pipe")
        #expect(unsafe mkfifo(path, 0o600) == 0)
        let opening = Task { _ = try OutputFile(path) }
        opening.cancel()
        let result = await opening.result
        let error = #expect(throws: SystemError.self) { try result.get() }
        #expect(error?.isCancellation == true)
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
