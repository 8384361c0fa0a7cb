#include <stdbool.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/ucsdet.h>

// ICU's names are macros that add its version, which Swift does not see: a function here for each that is called.

/// Where words end, in UTF-16 units: fills `ends` and returns how many there are; -1 when ICU fails.
static inline int32_t oriole_icu_word_ends(
    const char *locale, const uint16_t *text, int32_t count, int32_t *ends, int32_t room) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *words = ubrk_open(UBRK_WORD, locale, (const UChar *)text, count, &status);
    if (U_FAILURE(status)) return -1;
    int32_t found = 0;
    ubrk_first(words);
    for (int32_t end; found < room && (end = ubrk_next(words)) != UBRK_DONE;) ends[found++] = end;
    ubrk_close(words);
    return found;
}

/// Whether a character takes two columns (UAX #11).
static inline bool oriole_icu_is_wide(uint32_t scalar) {
    int32_t width = u_getIntPropertyValue((UChar32)scalar, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

/// Decodes bytes of an encoding into UTF-16 and returns how many units there are; -1 for bytes that it does not have.
static inline int32_t oriole_icu_decode(
    const char *encoding, const char *bytes, int32_t count, uint16_t *text, int32_t room) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(encoding, &status);
    if (U_FAILURE(status)) return -1;
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    int32_t made = ucnv_toUChars(converter, (UChar *)text, room, bytes, count, &status);
    ucnv_close(converter);
    return U_FAILURE(status) ? -1 : made;
}

/// Copies the name of the encoding that bytes are of, or at the next rank may be of, into 32 bytes; false when there is none.
static inline bool oriole_icu_guess_encoding(const char *bytes, int32_t count, int32_t rank, char *name) {
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&status);
    if (U_FAILURE(status)) return false;
    int32_t matches = 0, letter = 0;
    ucsdet_setText(detector, bytes, count, &status);
    const UCharsetMatch **found = ucsdet_detectAll(detector, &matches, &status);
    if (U_SUCCESS(status) && rank < matches) {
        const char *guess = ucsdet_getName(found[rank], &status);
        for (; U_SUCCESS(status) && guess && letter < 31 && guess[letter]; letter++) name[letter] = guess[letter];
    }
    name[letter] = 0;
    ucsdet_close(detector);
    return letter > 0;
}
