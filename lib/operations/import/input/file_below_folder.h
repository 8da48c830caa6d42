// Opens files named by an input, restricted to a given folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::operations {

// Normalizes a relative path: "./a//b/" becomes "a/b".
// kInvalidArgument: empty, absolute, or contains ".." or a NUL byte.
Result<std::string> NormalizeRelativePath(std::string_view path);

// How a path is followed. The strict way refuses every link; it is used if the kernel lacks openat2.
enum class LinkPolicy { kBelowFolder, kNone };

// Opens the regular file at the normalized `path` below `folder`. Symbolic links are followed only inside the folder. Uses the
// operating system directly, since FileSystem does not distinguish links.
// kNotFound: no such file.
// kInvalidArgument: not a regular file, or a link leads out of the folder.
Result<std::unique_ptr<ByteSource>> OpenFileBelowFolder(const std::string& folder, const std::string& path,
                                                        LinkPolicy policy = LinkPolicy::kBelowFolder);

}  // namespace coffer::operations
