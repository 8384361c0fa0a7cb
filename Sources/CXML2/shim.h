#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

// `xmlFree` is a variable, which Swift may not read from more than one thread.
static inline void oriole_xml_free(void *memory) { xmlFree(memory); }
