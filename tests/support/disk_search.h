// DiskSearch: whether a text can still be read from any file on disk: from its bytes, or from a zstd frame in them, as in
// sorted files, blob files and exports. Finds old versions as well as live ones.
#pragma once

#include <string>
#include <vector>

namespace coffer {

// The files below `folder` that contain `text`, each once. Paths that contain `except` (if not empty) are skipped.
std::vector<std::string> FilesWithText(const std::string& folder, const std::string& text, const std::string& except = {});
// "<file>: <text>" for each text found.
std::vector<std::string> PlacesOfTexts(const std::string& folder, const std::vector<std::string>& texts,
                                       const std::string& except = {});

}  // namespace coffer
