import Platform
import TestSupport
import Testing

/// The command as others run it: in pipes, without its programs, ended by its reader.
@Suite(.tags(.program), .neverHangs)
struct CommandProcessTests {
    private static let sample =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/samples/greeting.flac"

    /// Runs a line of shell in which `oriole` is the command; `FOLDER` and `SAMPLE` stand for paths.
    private static func shell(
        _ script: String, in folder: borrowing ScratchFolder
    ) async throws -> ChildProcess.Ending {
        let line = script.replacing("FOLDER", with: folder.path).replacing("SAMPLE", with: sample)
        let setUp = "oriole() { '\(BuiltCommand.path)' \"$@\"; }; "
        var child = try ChildProcess("sh", at: "/bin/sh", arguments: ["-c", setUp + line])
        var output: [UInt8] = []
        while try await child.read(appendingTo: &output) {}
        return try await child.finish()
    }

    @Test(arguments: ["wav", "pcm", "opus", "flac", "mp3", "ogg", "aiff", "caf"])
    func `a pipe at both ends gives what files give`(format: String) async throws {
        let folder = ScratchFolder()
        let script = """
            oriole convert SAMPLE FOLDER/in.wav -q && oriole convert FOLDER/in.wav FOLDER/a.\(format) -q &&
            cat FOLDER/in.wav | oriole convert - - --format \(format) -q | cat > FOLDER/b.\(format)
            """
        let ending = try await Self.shell(script, in: folder)
        #expect(ending.isSuccess && ending.errors.isEmpty, "\(ending.errors)")
        let (file, pipe) = try (contents(of: folder.file("a.\(format)")), contents(of: folder.file("b.\(format)")))
        // Vorbis streams are numbered at random; a WAVE file in a pipe does not know its sizes.
        let isSame = format == "ogg" || format == "wav" ? file.count == pipe.count : file == pipe
        #expect(isSame && !pipe.isEmpty)
    }

    @Test func `a reader that has enough ends the command quietly`() async throws {
        let script = "(oriole convert SAMPLE - --format wav -q; echo $? > FOLDER/status) | head -c 100 > FOLDER/head"
        let folder = ScratchFolder()
        #expect(try await Self.shell(script, in: folder).errors.isEmpty)
        #expect(try contents(of: folder.file("status")) == Array("0\n".utf8))
        #expect(try contents(of: folder.file("head")).count == 100)
    }

    @Test(arguments: ["help", "config show", "completions zsh", "doctor", "help convert --man"])
    func `a reader of text that is gone ends the command quietly`(words: String) async throws {
        let folder = ScratchFolder()
        // The reader goes when it has opened the pipe; the command begins after that.
        let script = """
            mkfifo FOLDER/pipe; : < FOLDER/pipe & exec 3> FOLDER/pipe; wait
            oriole \(words) >&3; echo $? > FOLDER/status; rm FOLDER/pipe
            """
        #expect(try await Self.shell(script, in: folder).errors.isEmpty)
        #expect(try contents(of: folder.file("status")) == Array("0\n".utf8))
    }

    @Test(.needsProgram("flite")) func `a listener that has enough ends the speech quietly`() async throws {
        let folder = ScratchFolder()
        let text = String(repeating: "This is one sentence of many. ", count: 200)
        let script =
            "(oriole speak '\(text)' --engine offline --stream -o - -q; echo $? > FOLDER/status) | head -c 100 > FOLDER/head"
        #expect(try await Self.shell(script, in: folder).errors.isEmpty)
        #expect(try contents(of: folder.file("status")) == Array("0\n".utf8))
        #expect(try contents(of: folder.file("head")).count == 100)
    }

    @Test(.needsProgram("flite")) func `a file is made though nobody reads what is told of it`() async throws {
        let folder = ScratchFolder()
        let script = """
            mkfifo FOLDER/pipe; : < FOLDER/pipe & exec 3> FOLDER/pipe; wait
            oriole speak 'One. Two.' --engine offline -o FOLDER/a.wav --stream --stats json -q >&3; echo $? > FOLDER/status
            rm FOLDER/pipe
            """
        #expect(try await Self.shell(script, in: folder).errors.isEmpty)
        #expect(try contents(of: folder.file("status")) == Array("0\n".utf8) && folder.names == ["a.wav", "status"])
    }

    @Test func `without ffmpeg, what needs it says so`() async throws {
        let folder = ScratchFolder()
        try write(Array("no sound at all, only words and more words".utf8), to: folder.file("film.mkv"))
        let ending = try await Self.shell(
            "PATH=/nowhere '\(BuiltCommand.path)' convert FOLDER/film.mkv FOLDER/a.wav", in: folder)
        #expect(ending.status == 6)
        #expect(ending.errors.contains("ffmpeg, which may, is not installed"))
        #expect(ending.errors.contains("hint: \(Environment.installing("ffmpeg"))"))
    }

    @Test func `a signal ends a command that waits for its input, and leaves nothing`() async throws {
        let folder = ScratchFolder()
        // Opening the pipe waits until the command has opened it too.
        let script = """
            mkfifo FOLDER/pipe; '\(BuiltCommand.path)' convert FOLDER/pipe FOLDER/a.wav & command=$!
            exec 3> FOLDER/pipe; kill -TERM $command; wait $command
            echo $? > FOLDER/status; rm FOLDER/pipe
            """
        _ = try await Self.shell(script, in: folder)
        #expect(try contents(of: folder.file("status")) == Array("130\n".utf8))
        #expect(folder.names == ["status"])
    }

    @Test(arguments: ["wav", "flac"])
    func `a closed standard output is an error, not a wait without end`(format: String) async throws {
        let folder = ScratchFolder()
        let ending = try await Self.shell("oriole convert SAMPLE - --format \(format) >&-", in: folder)
        #expect(ending.status == 1 && ending.errors.contains("standard output"))
        #expect(try await Self.shell("oriole doctor >&-", in: folder).status == 1)
    }

    @Test func `what cannot be written is told by the exit code`() async throws {
        let folder = ScratchFolder()
        for words in ["doctor", "--version", "convert SAMPLE FOLDER/a.wav --json"] {
            let ending = try await Self.shell("oriole \(words) > /dev/full", in: folder)
            #expect(ending.status == 1, "\(words)")
        }
    }

    @Test func `a signal that we were started to ignore is ignored`() async throws {
        let folder = ScratchFolder()
        let script = """
            mkfifo FOLDER/pipe; trap '' HUP; '\(BuiltCommand.path)' convert FOLDER/pipe FOLDER/a.wav -q & command=$!
            exec 3> FOLDER/pipe; kill -HUP $command; cat SAMPLE >&3; exec 3>&-; wait $command
            echo $? > FOLDER/status; rm FOLDER/pipe
            """
        _ = try await Self.shell(script, in: folder)
        #expect(try contents(of: folder.file("status")) == Array("0\n".utf8))
    }

    @Test(.needsProgram("opusinfo"), arguments: [8_000, 16_000, 24_000, 44_100, 48_000], [1, 2])
    func `opusinfo has nothing to say against our files`(rate: Int, channels: Int) async throws {
        let folder = ScratchFolder()
        let ending = try await Self.shell(
            """
            oriole convert SAMPLE FOLDER/in.wav --rate \(rate) --channels \(channels) -q &&
            oriole convert FOLDER/in.wav FOLDER/a.opus --tag TITLE=A -q && opusinfo FOLDER/a.opus > FOLDER/info 2>&1
            """, in: folder)
        let info = String(decoding: try contents(of: folder.file("info")), as: UTF8.self)
        #expect(ending.isSuccess && !info.lowercased().contains("warning"), "\(info)")
    }

    @Test(.needsProgram("ffmpeg"))
    func `ffmpeg decodes our files to the same length`() async throws {
        let folder = ScratchFolder()
        let script = """
            oriole convert SAMPLE FOLDER/a.opus -q && oriole convert FOLDER/a.opus FOLDER/ours.pcm -q &&
            ffmpeg -v error -i FOLDER/a.opus -f s16le FOLDER/theirs.pcm
            """
        let ending = try await Self.shell(script, in: folder)
        #expect(ending.isSuccess && ending.errors.isEmpty, "\(ending.errors)")
        #expect(try contents(of: folder.file("ours.pcm")).count == contents(of: folder.file("theirs.pcm")).count)
    }
}
