#include "CICU.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/ucsdet.h>

int32_t oriole_icu_word_ends(
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

bool oriole_icu_is_wide(uint32_t scalar) {
    int32_t width = u_getIntPropertyValue((UChar32)scalar, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

int32_t oriole_icu_decode(
    const char *encoding, const char *bytes, int32_t count, uint16_t *text, int32_t room) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(encoding, &status);
    if (U_FAILURE(status)) return -1;
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    int32_t made = ucnv_toUChars(converter, (UChar *)text, room, bytes, count, &status);
    ucnv_close(converter);
    return U_FAILURE(status) ? -1 : made;
}

bool oriole_icu_guess_encoding(const char *bytes, int32_t count, int32_t rank, char *name) {
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
