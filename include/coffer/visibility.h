// Marks what the shared library exports; everything else is built with hidden visibility.
#pragma once

#if defined(COFFER_STATIC)
#define COFFER_API
#else
#define COFFER_API [[gnu::visibility("default")]]
#endif
