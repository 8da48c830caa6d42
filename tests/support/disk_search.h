// DiskSearch: whether a text can still be read from anything on disk: from a file's bytes as they are, or from any zstd frame
// in them, which is how sorted files, blob files and exports keep what they hold. Old versions are found as well as live ones.
#pragma once

#include <string>
#include <vector>

namespace coffer {

// The files below `folder` in which `text` is, each once. Paths that contain `except` (if not empty) are not looked at.
std::vector<std::string> FilesWithText(const std::string& folder, const std::string& text, const std::string& except = {});
// "<file>: <text>" for each text found.
std::vector<std::string> PlacesOfTexts(const std::string& folder, const std::vector<std::string>& texts,
                                       const std::string& except = {});

}  // namespace coffer
