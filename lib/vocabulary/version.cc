#include "coffer/version.h"

// One place holds the version: the build description.
#if !defined(COFFER_VERSION)
#error "COFFER_VERSION is defined by the build, as \"major.minor.patch\""
#endif

namespace coffer {

std::string_view Version() { return COFFER_VERSION; }

}  // namespace coffer
