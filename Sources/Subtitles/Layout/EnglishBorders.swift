/// Which English words belong together, as far as single words tell it.
enum EnglishBorders {
    /// What it costs to end a line between two words.
    static func cost(_ word: String, _ next: String) -> Int {
        let (left, right) = (core(word), core(next))
        if isNumber(left) || SentenceEnd.titles.contains(left) { return BreakCost.tight }
        if isName(word, next, left, right) { return BreakCost.tight }
        if leading.contains(left) || left.hasSuffix("n't") { return BreakCost.tight }
        if openingClauses.contains(right) { return BreakCost.opening }
        if openingPhrases.contains(right) { return BreakCost.predicate }
        if pronouns.contains(left) { return BreakCost.tight - 40 }
        if auxiliaries.contains(right) { return BreakCost.predicate }
        if articles.contains(right) { return BreakCost.object }
        if particles.contains(right) { return BreakCost.tight - 40 }
        return BreakCost.anywhere
    }

    /// The word in small letters, without marks around it.
    private static func core(_ word: String) -> String {
        let start = word.drop { !$0.isLetter && !$0.isNumber }
        let end = start.lastIndex { $0.isLetter || $0.isNumber }
        return end.map { start[...$0].lowercased().replacing("’", with: "'") } ?? ""
    }

    private static func isNumber(_ core: String) -> Bool {
        core.first?.isNumber == true && core.last?.isNumber == true || numbers.contains(core)
    }

    /// Two words with capitals in a row are a name, unless the first is one of those that only begin a sentence.
    private static func isName(_ word: String, _ next: String, _ left: String, _ right: String) -> Bool {
        guard isCapitalized(word), isCapitalized(next), left != "i", right != "i" else { return false }
        return !leading.contains(left) && !pronouns.contains(left)
    }

    /// Text that is all in capitals tells nothing.
    private static func isCapitalized(_ word: String) -> Bool {
        let letters = word.filter(\.isLetter)
        return letters.first?.isUppercase == true && (letters.count == 1 || letters.contains(where: \.isLowercase))
    }

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

    /// Words that begin a clause, or a list's last part.
    private static let openingClauses = words(
        """
        and or but nor so yet because although though while when whenever where wherever if unless until since before \
        after that which who whom whose what how why as than once whether
        """)
    /// Words that begin a phrase within a clause.
    private static let openingPhrases = words(
        """
        to in on at by for from with without into onto over under through during between among against about across \
        along around behind below beneath beside beyond despite down inside near outside past toward towards upon \
        within like
        """)

    /// Words that nothing may part from what follows.
    private static let leading = words(
        """
        a an the this these those my your his its our their some any no every each either neither both all another other \
        such what which whose of to in on at by for from with without into onto over under through during between among \
        against about across along around behind below beneath beside beyond despite inside near outside toward towards \
        upon within and or but nor if because although though while when where that who whom as than whether since until \
        unless is am are was were be been being have has had do does did will would shall should can could may might \
        must not very too so quite more most less least only just also even i'm you're he's she's it's we're they're i'll \
        you'll he'll she'll we'll they'll i've you've we've they've i'd you'd he'd she'd we'd they'd there's that's how \
        last next first second
        """)
    private static let articles = words("a an the this these those my your his her its our their")
    private static let pronouns = words("i you he she it we they there who")
    private static let auxiliaries = words(
        "is are was were has have had will would can could shall should may might must do does did isn't aren't wasn't "
            + "weren't hasn't haven't hadn't won't wouldn't can't couldn't shouldn't don't doesn't didn't")
    private static let particles = words("up out away back together apart ago")
    private static let numbers = words(
        "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty "
            + "ninety hundred thousand million billion half")
}
