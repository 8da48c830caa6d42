// Files that must not be left in a store's folder and in its repository once a session has swept.
#pragma once

#include <string>
#include <vector>

namespace coffer {

// Paths of temporary files, and of objects that no manifest names, live or in the trash. Damaged manifests name nothing.
std::vector<std::string> LeftoversIn(const std::string& store_folder, const std::string& repository);

}  // namespace coffer
