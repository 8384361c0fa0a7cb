internal import AudioCore
internal import Platform

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The settings that were written down, by name: an object of JSON whose members are texts and numbers.
struct ConfigurationFile: Equatable {
    let path: String
    private(set) var values: [String: Scalar]

    /// A text, a number or a truth; read as what was written.
    enum Scalar: Codable, Equatable {
        case text(String)
        case integer(Int)
        case number(Double)
        case truth(Bool)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let truth = try? value.decode(Bool.self) {
                self = .truth(truth)
            } else if let integer = try? value.decode(Int.self) {
                self = .integer(integer)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try value.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            switch self {
            case .text(let text): try value.encode(text)
            case .integer(let integer): try value.encode(integer)
            case .number(let number): try value.encode(number)
            case .truth(let truth): try value.encode(truth)
            }
        }

        var text: String {
            switch self {
            case .text(let text): text
            case .integer(let integer): "\(integer)"
            case .number(let number): "\(number)"
            case .truth(let truth): "\(truth)"
            }
        }
    }

    /// Where the file is: `ORIOLE_CONFIG`, else in the folder for configurations (XDG Base Directory).
    static var standardPath: String? {
        if let path = Environment.value("ORIOLE_CONFIG") { return path }
        let folder = Environment.value("XDG_CONFIG_HOME") ?? Environment.value("HOME").map { $0 + "/.config" }
        return folder.map { $0 + "/oriole/config.json" }
    }

    /// Reads a file; one that is not there has no settings.
    init(path: String) throws(CommandError) {
        self.path = path
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try OpenFile.contents(of: path, limit: 1 << 20)
        } catch {
            guard error.isNotFound else { throw CommandError(AudioError(error)) }
            values = [:]
            return
        }
        guard let values = try? JSONDecoder().decode([String: Scalar].self, from: Data(bytes)) else {
            throw CommandError(
                .wrongUse, "\(path) is no object of JSON with texts and numbers", hint: "mend it, or remove it")
        }
        self.values = values
    }

    /// Changes a value, or takes it away, in memory.
    mutating func set(_ name: String, _ value: Scalar?) { values[name] = value }

    /// Writes the file anew.
    func write() throws(CommandError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(values) else { return }
        do throws(SystemError) {
            try OutputFile.makeFolder(for: path)
            try OutputFile.write(Array(data + Data("\n".utf8)).span, to: path)
        } catch {
            throw CommandError(AudioError(error))
        }
    }
}
