internal import AudioCore

/// What the values of a flag or a setting are.
struct FlagType<Value: Sendable>: Sendable {
    let kind: FlagKind
    /// The value that a text stands for, if it stands for one.
    let read: @Sendable (String) -> Value?
}

/// What help, completions and tests say about a type of values.
struct FlagKind: Sendable {
    /// What help calls the value; nil for a switch.
    let placeholder: String?
    /// What a value has to be, for whoever typed something else.
    let expectation: String
    /// What a shell offers.
    let completion: Completion
    /// Texts that are values, and texts that are none; a test tries them all.
    let accepted: [String]
    let refused: [String]
    /// What holds when the flag is said without a value, which then needs a sign before it: `--check=fix`.
    let alone: String?

    init(
        _ placeholder: String?, _ expectation: String = "", completion: Completion = .none, accepted: [String] = [],
        refused: [String] = [], alone: String? = nil
    ) {
        self.alone = alone
        self.placeholder = placeholder
        self.expectation = expectation
        self.completion = completion
        self.accepted = accepted
        self.refused = refused
    }
}

extension FlagKind {
    /// What stands behind the name of the flag, as help shows it.
    var suffix: String { placeholder.map { alone == nil ? " \($0)" : "[=\($0)]" } ?? "" }
}

/// What a shell offers for a value.
enum Completion: Equatable, Sendable {
    case none
    case files
    case words([String])
}

extension FlagType<Bool> {
    /// Said or not said.
    static var `switch`: FlagType { FlagType(kind: FlagKind(nil)) { _ in true } }
}

extension FlagType<String> {
    /// Any text.
    static func text(_ placeholder: String) -> FlagType {
        FlagType(kind: FlagKind(placeholder, "some text", accepted: ["a b", "你好"], refused: [""])) {
            $0.isEmpty ? nil : $0
        }
    }

    /// The name of a file.
    static func file(_ placeholder: String) -> FlagType {
        let kind = FlagKind(
            placeholder, "the name of a file", completion: .files, accepted: ["a.wav", "-", "/tmp/a b"], refused: [""])
        return FlagType(kind: kind) { $0.isEmpty ? nil : $0 }
    }

    /// One of few words that belong to no type of their own.
    static func word(_ words: [String]) -> FlagType {
        let kind = FlagKind(
            words.joined(separator: "|"), "one of \(words.joined(separator: ", "))", completion: .words(words),
            accepted: words, refused: ["", "no such word"])
        return FlagType(kind: kind) { words.contains($0) ? $0 : nil }
    }
}

extension FlagType where Value: RawRepresentable, Value.RawValue == String, Value: CaseIterable {
    /// One of few words; one of them may hold when none is said.
    static func choice(_ type: Value.Type = Value.self, alone: Value? = nil) -> FlagType {
        let words = type.allCases.map(\.rawValue)
        let kind = FlagKind(
            words.joined(separator: "|"), "one of \(words.joined(separator: ", "))", completion: .words(words),
            accepted: words, refused: ["", "no such word"], alone: alone?.rawValue)
        return FlagType(kind: kind) { Value(rawValue: $0) }
    }
}

extension FlagType {
    /// Some of few words, with commas between them.
    static func choices<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ type: Choice.Type
    ) -> FlagType where Choice.RawValue == String, Value == [Choice] {
        let words = type.allCases.map(\.rawValue)
        let kind = FlagKind(
            "\(words.first ?? ""),…", "some of \(words.joined(separator: ", ")), with commas between",
            completion: .words(words), accepted: words + [words.joined(separator: ",")],
            refused: ["", ",", "no such word", (words.first ?? "") + ","])
        return FlagType(kind: kind) { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let read = parts.compactMap { Choice(rawValue: String($0)) }
            return read.count == parts.count ? read : nil
        }
    }
}

extension FlagType<Duration> {
    /// A moment of a recording: seconds, or minutes and seconds, or hours before them.
    static func time(_ placeholder: String) -> FlagType {
        let kind = FlagKind(
            placeholder, "a time such as 90, 1:30 or 1:02:03.5", accepted: ["90", "1:30", "1:02:03.5", "0"],
            refused: ["", "x", "1:", "-1", "1:2:3:4", "nan"])
        return FlagType(kind: kind) { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { part in
                part.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") } ? Double(String(part)) : nil
            }
            guard (1...3).contains(parts.count), numbers.count == parts.count else { return nil }
            let seconds = numbers.reduce(0) { $0 * 60 + $1 }
            return seconds <= 8_640_000 ? .seconds(seconds) : nil
        }
    }
}

extension FlagType<[ClosedRange<Int>]> {
    /// Numbers from 1, and ranges of them, with commas between: `3-7,10`.
    static func numbers(_ placeholder: String) -> FlagType {
        let kind = FlagKind(
            placeholder, "numbers and ranges such as 3-7,10", accepted: ["1", "3-7,10", "2-"],
            refused: ["", "0", "x", "7-3", "1,,2", "-", "3-7-9", "1-1000000"])
        return FlagType(kind: kind) { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let ranges = parts.compactMap { part -> ClosedRange<Int>? in
                let ends = part.split(separator: "-", omittingEmptySubsequences: false)
                guard (1...2).contains(ends.count), let first = Int(ends[0]), first > 0 else { return nil }
                let last = ends.count == 1 ? first : ends[1].isEmpty ? mostNumbers : Int(ends[1])
                guard let last, (first...mostNumbers).contains(last) else { return nil }
                return first...last
            }
            return ranges.count == parts.count ? ranges : nil
        }
    }

    /// The highest number; a range without an end goes so far.
    private static var mostNumbers: Int { 99_999 }
}

extension FlagType<[Int]> {
    /// Whole numbers within a range, with commas between.
    static func integers(_ placeholder: String, in range: ClosedRange<Int>) -> FlagType {
        let kind = FlagKind(
            placeholder, "whole numbers from \(range.lowerBound) to \(range.upperBound), with commas between",
            accepted: ["\(range.lowerBound)", "\(range.lowerBound),\(range.upperBound)"],
            refused: ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "", "x", "1,,2", "1.5"])
        return FlagType(kind: kind) { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let read = parts.compactMap { Int($0) }.filter { range.contains($0) }
            return read.count == parts.count ? read : nil
        }
    }
}

extension FlagType<Int> {
    /// A whole number within a range.
    static func integer(_ placeholder: String, in range: ClosedRange<Int>) -> FlagType {
        let kind = FlagKind(
            placeholder, "a whole number from \(range.lowerBound) to \(range.upperBound)",
            accepted: ["\(range.lowerBound)", "\(range.upperBound)"],
            refused: ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "", "x", "1.5"])
        return FlagType(kind: kind) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// Bits per second, `24000` or `24k`.
    static func bitrate(in range: ClosedRange<Int>) -> FlagType {
        let kind = FlagKind(
            "BITS", "bits per second from \(range.lowerBound) to \(range.upperBound), such as 24000 or 24k",
            accepted: ["\(range.lowerBound)", "24k", "\(range.upperBound)"],
            refused: ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "", "k", "nan", "nank", "inf", "1e99"])
        return FlagType(kind: kind) { text in
            let isThousands = text.hasSuffix("k") || text.hasSuffix("K")
            let number = Double(isThousands ? text.dropLast() : text[...]).map { $0 * (isThousands ? 1_000 : 1) }
            guard let number, (Double(range.lowerBound)...Double(range.upperBound)).contains(number) else { return nil }
            return Int(number)
        }
    }
}

extension FlagType<Double> {
    /// A number within a range.
    static func number(_ placeholder: String, in range: ClosedRange<Double>) -> FlagType {
        let kind = FlagKind(
            placeholder, "a number from \(range.lowerBound) to \(range.upperBound)",
            accepted: ["\(range.lowerBound)", "\(range.upperBound)"],
            refused: ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "", "x", "nan", "inf"])
        return FlagType(kind: kind) { text in Double(text).flatMap { range.contains($0) ? $0 : nil } }
    }
}
