// Debian's libxml2 names ICU's types in its headers, which Foundation has of another version: whoever imports both would get neither.
// What those types are in is only ever pointed at here.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

// `xmlFree` is a variable, which Swift may not read from more than one thread.
static inline void oriole_xml_free(void *memory) { xmlFree(memory); }
