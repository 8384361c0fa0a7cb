#pragma once

#include <stdbool.h>
#include <stdint.h>

// What is asked of ICU. Its own headers stay out of sight: Swift's Foundation brings others of the same names.

/// Where words end, in UTF-16 units: fills `ends` and returns how many there are; -1 when ICU fails.
int32_t oriole_icu_word_ends(
    const char *locale, const uint16_t *text, int32_t count, int32_t *ends, int32_t room);

/// Whether a character takes two columns (UAX #11).
bool oriole_icu_is_wide(uint32_t scalar);

/// Decodes bytes of an encoding into UTF-16 and returns how many units there are; -1 for bytes that it does not have.
int32_t oriole_icu_decode(
    const char *encoding, const char *bytes, int32_t count, uint16_t *text, int32_t room);

/// Copies the name of the encoding that bytes are of, or at the next rank may be of, into 32 bytes; false when there is none.
bool oriole_icu_guess_encoding(const char *bytes, int32_t count, int32_t rank, char *name);
