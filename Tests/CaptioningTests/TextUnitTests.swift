import Testing

@testable import Captioning

struct TextUnitTests {
    @Test(arguments: [
        ("Call me Ishmael.", ["Call", "me", "Ishmael."], ["Call", "me", "Ishmael"]),
        (
            "It's 10:30, Dr. No — U.S.-made!", ["It's", "10:30,", "Dr.", "No —", "U.S.-", "made!"],
            ["It's", "10:30", "Dr", "No", "U.S", "made"]
        ),
        ("“Go,” he said (twice).", ["“Go,”", "he", "said", "(twice)."], ["Go", "he", "said", "twice"]),
        (
            "$3.50 and −5 or -5 °C, 50%.", ["$3.50", "and", "−5", "or", "-5", "°C,", "50%."],
            ["$3.50", "and", "−5", "or", "-5", "°C", "50%"]
        ),
        (
            "经广州日报报道，3天后。", ["经", "广", "州", "日", "报", "报", "道，", "3", "天", "后。"],
            ["经", "广", "州", "日", "报", "报", "道", "3", "天", "后"]
        ),
        (
            "我用iPhone 15拍《三国》！", ["我", "用", "iPhone", "15", "拍", "《三", "国》！"],
            ["我", "用", "iPhone", "15", "拍", "三", "国"]
        ),
        ("years ago—never mind", ["years", "ago—", "never", "mind"], ["years", "ago", "never", "mind"]),
        ("カタカナ 한국", ["カ", "タ", "カ", "ナ", "한", "국"], ["カ", "タ", "カ", "ナ", "한", "국"]),
        ("ฉันกินข้าว แล้ว", ["ฉัน", "กิน", "ข้าว", "แล้ว"], ["ฉัน", "กิน", "ข้าว", "แล้ว"]),
        (" … — ", [], []), ("", [], []),
    ])
    func `a text has units, and no mark of it is lost`(text: String, written: [String], spoken: [String]) {
        let units = TextUnit.units(of: text)
        #expect(units.map(\.text) == written)
        #expect(units.map(\.spoken) == spoken)
    }

    @Test(arguments: [
        "不是￥8,999元，是¥7,999元。", "is ¥7,999 or 7 €", "x -> y … <b>bold</b>, --> <Enter>", "or /usr/bin, *star* ~5",
        "♪ la ♪",
        "- Yes. - No!", "“‘Go,’” she said — “now”…", "他说：“走！”——然后（笑）", "don't 'quote' \"this\" #tag @me 50% C++",
    ])
    func `the units are the text again`(text: String) {
        let units = TextUnit.units(of: text)
        let again = units.map { $0.text + ($0.space == .none ? "" : " ") }.joined()
        #expect(again.trimmingPrefix(" ") == text || again.dropLast() == text, "\(units.map(\.text))")
    }

    @Test func `a dash belongs to what is said after it`() {
        let units = TextUnit.units(of: "- Ask not!\n- Why? - So.\n♪ la la ♪")
        #expect(units.map(\.text) == ["- Ask", "not!", "- Why?", "- So.", "♪ la", "la ♪"])
    }
}
