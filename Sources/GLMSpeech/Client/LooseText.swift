/// Text that some servers write as a number.
struct LooseText: Decodable {
    let text: String

    init(_ text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
            text = String(number)
        } else {
            text = try value.decode(String.self)
        }
    }

    /// The number, when it is one.
    var number: Int? { Int(text) }
}
