// COFFER_API marks what the shared library exports; all other symbols are hidden. COFFER_STATIC is set for the static library.
#pragma once

#if defined(COFFER_STATIC)
#define COFFER_API
#else
#define COFFER_API [[gnu::visibility("default")]]
#endif
