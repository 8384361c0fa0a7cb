import Testing

@testable import Jobs

struct ProgressTests {
    private static let began = ContinuousClock.now

    private static func progress(_ form: Progress.Form, total: Double? = 600, unit: String? = nil) -> Progress {
        Progress("speaking", total: total, unit: unit, form: form, at: began)
    }

    @Test func `a bar tells the share, the speed, the time left and the money`() {
        var progress = Self.progress(.bar)
        #expect(progress.tell(done: 60, at: Self.began + .milliseconds(99)) == nil)
        let line = progress.tell(done: 150, money: "0.3 CNY", at: Self.began + .seconds(10))
        #expect(
            line == "\r\u{1B}[Kspeaking  [#####---------------]  2:30/10:00  25 %  15.0 × real time  0:30 left  0.3 CNY"
        )
        #expect(progress.tell(done: 151, at: Self.began + .seconds(10)) == nil, "ten times a second at most")
        #expect(progress.finish() == "\r\u{1B}[K" && progress.finish() == nil)
    }

    @Test func `where nobody can redraw a line, one comes now and then`() {
        var progress = Self.progress(.plain, total: 2_000, unit: "characters")
        #expect(progress.tell(done: 100, at: Self.began + .seconds(9)) == nil)
        #expect(
            progress.tell(done: 500, at: Self.began + .seconds(10))
                == "speaking  500 characters/2000 characters  25 %  0:30 left\n")
        #expect(progress.finish() == nil)
    }

    @Test func `a program reads objects`() {
        var progress = Self.progress(.json)
        #expect(
            progress.tell(done: 60, money: "0.1 CNY", at: Self.began + .seconds(2))
                == "{\"task\":\"speaking\",\"unit\":\"seconds\",\"done\":60.0,\"total\":600.0,\"elapsed\":2.0,\"cost\":\"0.1 CNY\"}\n"
        )
        var silent = Self.progress(.none)
        #expect(silent.tell(done: 60, at: Self.began + .seconds(100)) == nil && silent.finish() == nil)
    }

    @Test(arguments: [nil, 0, -.infinity, .nan] as [Double?]) func `without a total there is no share`(total: Double?) {
        var progress = Self.progress(.bar, total: total)
        #expect(
            progress.tell(done: 3_725, at: Self.began + .seconds(25))
                == "\r\u{1B}[Kspeaking  1:02:05  149.0 × real time")
    }
}

struct PriceTableTests {
    @Test func `a price is for so many units of a model`() {
        let table = PriceTable.builtIn
        #expect(table.cost(of: 90, .minute, model: "glm-asr-2512")?.description == "5.4 CNY")
        #expect(
            table.cost(of: 90, .character, model: "glm-asr-2512") == nil
                && table.cost(of: 1, .minute, model: "x") == nil)
    }

    @Test func `what a user writes goes before what is built in`() throws {
        let own = #"{"models":{"glm-asr-2512":{"unit":"minute","count":60,"amount":1.2,"currency":"EUR"}}}"#
        let table = try PriceTable(reading: Array(own.utf8))
        #expect(table.cost(of: 60, .minute, model: "glm-asr-2512")?.description == "1.2 EUR")
        #expect(table.cost(of: 1, .minute, model: "glm-asr") != nil)
        #expect(throws: (any Error).self) { try PriceTable(reading: Array("{".utf8)) }
    }

    @Test(arguments: [(0.0, "0.0 CNY"), (0.00421, "0.0043 CNY"), (1.234, "1.24 CNY"), (12.0, "12.0 CNY")])
    func `an amount is never told as less than it is`(amount: Double, text: String) {
        #expect("\(Cost(amount: amount, currency: "CNY"))" == text)
    }
}
