/// A list of the files of a book, for players (extended M3U).
struct Playlist {
    private let title: String
    /// The lines of each file by its name.
    private var lines: [String: String] = [:]

    init(title: String) { self.title = title }

    /// Takes over what a list has that was written before.
    mutating func keep(_ bytes: [UInt8]?) {
        let old = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
        for (about, name) in zip(old, old.dropFirst()) where about.hasPrefix("#EXTINF:") && !name.hasPrefix("#") {
            lines[String(name)] = "\(about)\n\(name)\n"
        }
    }

    /// Adds a file, in the place of one of the same name.
    mutating func add(_ name: String, title: String, seconds: Double) {
        lines[name] = "#EXTINF:\(seconds),\(title)\n\(name)\n"
    }

    /// The list, in the order of the names, which begin with the numbers of the chapters.
    var text: String {
        "#EXTM3U\n#PLAYLIST:\(title)\n" + lines.sorted { $0.key < $1.key }.map(\.value).joined()
    }
}
