#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

// libarchive turns names into the encoding of the thread's locale, and a program that has set none loses all but ASCII.

/// Makes the thread's text UTF-8, and returns what it was before.
static inline locale_t oriole_archive_use_utf8(void) {
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!utf8) utf8 = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
    return utf8 ? uselocale(utf8) : (locale_t)0;
}

/// Makes the thread's text what it was.
static inline void oriole_archive_restore(locale_t former) {
    if (!former) return;
    locale_t utf8 = uselocale(former);
    if (utf8 && utf8 != LC_GLOBAL_LOCALE && utf8 != former) freelocale(utf8);
}

/// Whether an entry is a file, and no folder or link.
static inline int oriole_archive_is_file(struct archive_entry *entry) { return archive_entry_filetype(entry) == AE_IFREG; }
