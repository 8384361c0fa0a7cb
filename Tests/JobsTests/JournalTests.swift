import Platform
import TestSupport
import Testing

@testable import Jobs

@Suite(.tags(.parser, .handle))
struct JournalTests {
    private static func key(_ name: String) -> JobKey { JobKey([name], [UInt8]().span) }

    private static func made(_ folder: borrowing ScratchFolder, count: Int) throws -> [UInt8] {
        let journal = try Journal(beside: folder.file("out.srt"))
        for index in 0..<count { try journal.add("answer \(index) 你好", for: key("\(index)")) }
        return try contents(of: folder.file("out.srt.oriole/journal.jsonl"))
    }

    /// What a journal still knows when its file holds some bytes.
    private static func known(_ bytes: ArraySlice<UInt8>, _ folder: borrowing ScratchFolder) throws -> [String?] {
        try write(Array(bytes), to: folder.file("out.srt.oriole/journal.jsonl"))
        let journal = try Journal(beside: folder.file("out.srt"))
        let found = (0..<4).map { journal.value(for: key("\($0)"), as: String.self) }
        try journal.add("more", for: key("more"))
        #expect(journal.value(for: key("more"), as: String.self) == "more")
        return found
    }

    private static func clear(_ folder: borrowing ScratchFolder) throws {
        try Journal(beside: folder.file("out.srt")).remove()
    }

    @Test func `what was finished is known to the next run, and to no other job`() throws {
        let folder = ScratchFolder()
        _ = try Self.made(folder, count: 3)
        let journal = try Journal(beside: folder.file("out.srt"))
        #expect(journal.count == 3)
        #expect(journal.value(for: Self.key("1"), as: String.self) == "answer 1 你好")
        #expect(journal.value(for: Self.key("7"), as: String.self) == nil)
        #expect(journal.value(for: Self.key("1"), as: Int.self) == nil)
        try journal.remove()
        #expect(folder.names.isEmpty)
    }

    @Test func `a journal that is cut at any byte knows every whole line, and goes on`() throws {
        let folder = ScratchFolder()
        let bytes = try Self.made(folder, count: 3)
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        for cut in 0...bytes.count {
            let whole = ends.count { $0 < cut }
            let found = try Self.known(bytes[..<cut], folder)
            #expect(found == (0..<4).map { $0 < whole ? "answer \($0) 你好" : nil }, "cut at \(cut)")
        }
        try Self.clear(folder)
    }

    @Test(arguments: 0..<40) func `torn and foreign lines are left out`(seed: UInt64) throws {
        let folder = ScratchFolder()
        var bytes = try Self.made(folder, count: 3)
        var random = SplitMix64(seed)
        let line = Int.random(in: 0..<3, using: &random)
        let ends = [-1] + bytes.indices.filter { bytes[$0] == 0x0A }
        for _ in 0..<20 {
            let place = Int.random(in: ends[line] + 1..<ends[line + 1], using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
            if bytes[place] == 0x0A { bytes[place] = 0 }
        }
        let found = try Self.known(bytes[...], folder)
        for other in 0..<3 where other != line { #expect(found[other] == "answer \(other) 你好") }
        try Self.clear(folder)
    }

    @Test func `a job is worked on by one process at a time, and begun anew when that is asked`() throws {
        let folder = ScratchFolder()
        _ = try Self.made(folder, count: 2)
        do {
            let journal = try Journal(beside: folder.file("out.srt"))
            #expect(throws: SystemError.self) { try Journal(beside: folder.file("out.srt")) }
            #expect(journal.count == 2)
        }
        let fresh = try Journal(beside: folder.file("out.srt"), isFresh: true)
        #expect(fresh.count == 0)
        try fresh.remove()
    }

    @Test func `no two pieces of work have one key`() {
        let sound: [UInt8] = [1, 2, 3]
        let keys = [
            JobKey(["a", "b"], sound.span), JobKey(["ab", ""], sound.span), JobKey(["ab"], sound.span),
            JobKey(["a", "b"], [UInt8]().span), JobKey(["b", "a"], sound.span),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(JobKey(["a", "b"], sound.span) == keys[0])
    }

    @Test func `a journal that is released is another's, though it is still held`() throws {
        let folder = ScratchFolder()
        let first = try Journal(beside: folder.file("out"))
        let key = JobKey(["x"], [UInt8]().span)
        try first.add(1, for: key)
        #expect(throws: SystemError.self) { try Journal(beside: folder.file("out")) }
        first.release()
        let second = try Journal(beside: folder.file("out"))
        #expect(second.value(for: key) == 1 && first.count == 1)
        try second.remove()
    }
}
