import AudioCore
import Foundation

/// Chinese that espeak-ng speaks, with the exact time of every character.
///
/// The program tells no times, so every clause is spoken twice: with every other character louder, and then with the others. Where
/// the second is louder than the first, and where it is not, says which character a sound belongs to. The tags leave some silence
/// between characters, always the same, which is taken out again; what is left is what it says without them.
struct SyntheticMandarin {
    private static let clauses = """
        今天早上我七点钟就起床了 窗外下着小雨空气很清新 妈妈在厨房里给我们做早饭 弟弟还在床上睡懒觉 我喝了一杯牛奶吃了两个鸡蛋
        然后骑自行车去学校上课 路上的车很多所以我走得很慢 老师让我们读一篇新的文章 文章讲的是一只小猫找朋友 下课以后同学们去操场打篮球
        中午食堂的饭菜又便宜又好吃 我最喜欢红烧肉和西红柿汤 下午我要去图书馆借几本书 图书馆离这里只有两站路 晚上全家人一起看电视聊天
        爸爸说周末带我们去爬山 山顶上可以看见整个城市 如果天气不好我们就去博物馆 这件衣服多少钱能不能便宜一点 请问地铁站怎么走远不远
        一直往前走到路口再向右转 我的手机没电了能借我充电器吗 他昨天感冒了今天没有来上班 医生让他多喝热水多休息 这个软件可以把声音变成文字
        请把文件保存到桌面上再发给我 会议改到星期三下午三点半 飞机因为大雾晚了两个小时 我们订了一个靠窗户的座位 服务员请给我们拿两双筷子
        春天公园里的花都开了 夏天孩子们喜欢去海边游泳 秋天的树叶变成了金黄色 冬天北方的河面会结冰 他从小就热爱音乐和绘画
        姐姐在银行工作已经五年了 邻居家的狗一到夜里就叫 时间过得真快转眼又是一年 只要努力就一定会有收获 祝你生日快乐身体健康
        """.split(whereSeparator: \.isWhitespace).map { $0.map(String.init) }
    /// Voices that leave digital silence between characters.
    private static let voices = ["", "+m3", "+f1", "+m1", "+linda", "+m7", "+Annie", "+m5"]
    private static let rates = [160, 140, 180, 130, 200, 150, 170, 190]
    private static let espeakRate = 22_050

    /// Eight recordings of five clauses each; none where espeak-ng is not installed.
    static func recordings() async throws -> [TimedRecording] {
        var random = SeededGenerator(state: 7)
        var all: [TimedRecording] = []
        for (number, voice) in voices.enumerated() {
            var sound = Array(repeating: 0.0, count: espeakRate * 3 / 10)
            var (text, truth): (String, [ClosedRange<Double>]) = ("", [])
            for clause in 0..<5 {
                let characters = clauses[number * 5 + clause]
                let speaker = Speaker(voice: voice, rate: rates[(number + clause * 3) % rates.count])
                guard let spoken = try speaker.speak(characters) else { continue }
                let begin = Double(sound.count) / Double(espeakRate)
                truth += spoken.spans.map { $0.lowerBound + begin...$0.upperBound + begin }
                text += characters.joined()
                let pause = Int(Double.random(in: 0...1, using: &random) * Double(espeakRate))
                sound += spoken.samples + Array(repeating: 0, count: pause)
            }
            sound += Array(repeating: 0, count: espeakRate * 3 / 10)
            guard !truth.isEmpty else { continue }
            all.append(
                TimedRecording(
                    name: "espeak-ng\(voice)", language: "zh", text: text, truth: truth,
                    samples: try resampled(sound.map { Float($0 / 32_768 * 0.35) })))
        }
        return all
    }

    private static func resampled(_ sound: [Float]) throws -> [Float] {
        var resampler = try Resampler(from: espeakRate, to: MadeSound.rate, channels: 1)
        var samples: [Float] = []
        try resampler.convert(sound.span, appendingTo: &samples)
        try resampler.finish(appendingTo: &samples)
        return samples
    }

    /// A voice at a rate.
    private struct Speaker {
        let voice: String
        let rate: Int
        /// What the second run has more of than the first, and less of.
        private static let (quiet, loud) = ("60", "90")

        /// The samples of a clause and the seconds of its characters; nil when they cannot be told apart.
        func speak(_ characters: [String]) throws -> (samples: [Double], spans: [Range<Double>])? {
            guard let (first, pieces) = try pieces(characters), pieces.count == characters.count,
                let (_, plain) = try self.pieces(["一", "一", "一"]), plain.count == 3
            else { return nil }
            let added = zip(plain, plain.dropFirst()).map { $1.lowerBound - $0.upperBound }.min() ?? 0
            var (samples, spans): ([Double], [Range<Double>]) = ([], [])
            for (index, piece) in pieces.enumerated() {
                let begin = samples.count
                if index > 0 {
                    // The silence before a sound is the beginning of its stop.
                    let gap = piece.lowerBound - pieces[index - 1].upperBound - added
                    samples += Array(repeating: 0, count: max(gap, 0))
                }
                let gain = index.isMultiple(of: 2) ? 1.5 : 1
                samples += first[piece].map { $0 * gain }
                spans.append(Double(begin) / Double(espeakRate)..<Double(samples.count) / Double(espeakRate))
            }
            return (samples, spans)
        }

        /// Where each character sounds in the first run.
        private func pieces(_ characters: [String]) throws -> (first: [Double], pieces: [Range<Int>])? {
            let first = try run(characters, Self.quiet, Self.loud)
            let second = try run(characters, Self.loud, Self.quiet)
            guard first.count == second.count, !first.isEmpty else { return nil }
            let sounding = first.indices.filter { first[$0] != 0 || second[$0] != 0 }
            var pieces: [(range: Range<Int>, isLouder: Bool)] = []
            var begin = 0
            for index in sounding.indices
            where index + 1 == sounding.count || sounding[index + 1] - sounding[index] > 150 {
                let range = sounding[begin]..<sounding[index] + 1
                begin = index + 1
                func sum(_ run: [Double]) -> Double { run[range].reduce(0) { $0 + abs($1) } }
                let isLouder = sum(second) > sum(first)
                if let last = pieces.last, last.isLouder == isLouder {
                    pieces[pieces.count - 1].range = last.range.lowerBound..<range.upperBound
                } else {
                    pieces.append((range, isLouder))
                }
            }
            return (first, pieces.map(\.range))
        }

        private func run(_ characters: [String], _ even: String, _ odd: String) throws -> [Double] {
            let tags = characters.enumerated().map {
                "<prosody volume=\"\($0.offset.isMultiple(of: 2) ? even : odd)\">\($0.element)</prosody>"
            }
            let program = Process()
            program.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            program.arguments = [
                "espeak-ng", "-m", "-z", "-v", "cmn-latn-pinyin\(voice)", "-s", "\(rate)", "--stdout", "--",
                "<speak>\(tags.joined())</speak>",
            ]
            let output = Pipe()
            program.standardOutput = output
            try program.run()
            let bytes = Array(output.fileHandleForReading.readDataToEndOfFile().dropFirst(44))
            program.waitUntilExit()
            return (0..<bytes.count / 2).map {
                Double(Int16(bitPattern: UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8))
            }
        }
    }
}
