#include "support/repository_leftovers.h"

#include <filesystem>
#include <set>

#include "operations/repository/repository.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

std::set<std::string> NamedObjects(const std::string& repository) {
  const operations::Repository read(PosixFileSystem(), repository);
  std::set<std::string> named;
  for (const auto& manifests : {read.List(), read.ListTrash()}) {
    if (!manifests.ok()) continue;
    for (const operations::BackupManifest& manifest : *manifests) {
      for (const operations::StoredObject& object : manifest.objects) named.insert(object.id);
    }
  }
  return named;
}

bool IsHalfMade(const fs::path& path) { return path.extension() == ".tmp" || path.extension() == ".partial"; }

}  // namespace

std::vector<std::string> LeftoversIn(const std::string& store_folder, const std::string& repository) {
  std::vector<std::string> leftovers;
  for (const std::string& folder : {store_folder, store_folder + "/keys"}) {
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (IsHalfMade(entry.path())) leftovers.push_back(entry.path().string());
    }
  }
  if (!fs::exists(repository)) return leftovers;
  const std::set<std::string> named = NamedObjects(repository);
  for (const auto& entry : fs::recursive_directory_iterator(repository)) {
    if (!entry.is_regular_file()) continue;
    const std::string below = entry.path().string().substr(repository.size());
    const bool unnamed = below.starts_with("/objects/") && !named.contains(entry.path().filename().string());
    if (unnamed || below.starts_with("/unfinished/") || IsHalfMade(entry.path())) leftovers.push_back(entry.path().string());
  }
  return leftovers;
}

}  // namespace coffer
