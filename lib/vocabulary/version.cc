#include "coffer/version.h"

// The version is defined only in the build files.
#if !defined(COFFER_VERSION)
#error "the build must define COFFER_VERSION as \"major.minor.patch\""
#endif

namespace coffer {

std::string_view Version() { return COFFER_VERSION; }

}  // namespace coffer
