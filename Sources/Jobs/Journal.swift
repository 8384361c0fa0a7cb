package import Platform
internal import Synchronization

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What a long job has finished, on disk beside its output: a line for each piece, there for good before the piece counts as done.
///
/// A job that is killed and started again finds what it had finished, and pays for nothing twice. One that is at work keeps
/// others away. What a power failure has torn is left out, and the piece done anew.
///
/// ```swift
/// let journal = try Journal(beside: "film.zh.srt")
/// if let known: Answer = journal.value(for: key) { … } else { try journal.add(answer, for: key) }
/// try journal.remove()
/// ```
package final class Journal: Sendable {
    /// The folder that holds it, and outputs until they are whole; what a killed run left there is gone.
    package let folder: String
    private let path: String
    private let file: LockedFile
    /// The keys that this run has asked for or added.
    private let used = Mutex<Set<String>>([])

    /// Opens the journal of a job, or begins one.
    ///
    /// Files that the job keeps beside it stay with it; a fresh start has none.
    ///
    /// - Throws: `EWOULDBLOCK` while another process works on the same job.
    package init(
        beside output: String, isFresh: Bool = false, keeping kept: Set<String> = []
    ) throws(SystemError) {
        folder = output + ".oriole"
        path = folder + "/" + Self.name
        try OutputFile.makeFolder(for: path)
        file = try LockedFile(path, isFresh: isFresh)
        OpenFile.removeFiles(in: folder, but: isFresh ? [Self.name] : kept.union([Self.name]))
    }

    /// How many pieces are finished.
    package var count: Int { file.count }

    /// Whether this run has used all of it: what is left over belongs to another run.
    package var isUsedUp: Bool { used.withLock { $0.count } == count }

    /// What was finished under a key, if it was.
    package func value<Value: Decodable>(for key: JobKey, as type: Value.Type = Value.self) -> Value? {
        guard let line = file.line(for: key.text) else { return nil }
        used.withLock { _ = $0.insert(key.text) }
        return (try? JSONDecoder().decode(Line<Value>.self, from: Data(line)))?.value
    }

    /// Writes what was finished, and returns when it cannot be lost any more.
    package func add(_ value: some Encodable, for key: JobKey) throws(SystemError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // What cannot be put into words, such as a number that is none, is done again by the next run.
        guard let data = try? encoder.encode(Line(key: key.text, value: value)) else { return }
        try file.append(Array(data) + [0x0A], for: key.text)
        used.withLock { _ = $0.insert(key.text) }
    }

    /// Lets another run take the journal up, though a task that has just ended may still hold this one.
    package func release() { file.release() }

    /// Takes the journal away and all that the job kept beside it, once the output has its name.
    package func remove() throws(SystemError) {
        // First the journal: what it names must not be missing while it is believed.
        try OpenFile.remove(path)
        OpenFile.removeFiles(in: folder, but: [])
        try LockedFile.remove(path, folder: folder)
    }

    private static let name = "journal.jsonl"

    /// The shape of a line: its key comes first.
    struct Line<Value> {
        let key: String
        let value: Value
    }
}

extension Journal.Line: Decodable where Value: Decodable {}
extension Journal.Line: Encodable where Value: Encodable {}

/// What a piece of work is known by: everything that changes its answer, digested.
package struct JobKey: Hashable, Sendable {
    /// The digest in hexadecimal.
    package let text: String

    /// Digests parts, none of which can be taken for a piece of another.
    package init(_ parts: [String], _ bytes: Span<UInt8>) {
        var digest = SHA256()
        for part in parts {
            let text = Array(part.utf8)
            digest.update(Array("\(text.count):".utf8).span)
            digest.update(text.span)
        }
        digest.update(bytes)
        text = digest.finish().map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
