// Files that an import names: below a given folder, whatever the input says.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "coffer/import.h"
#include "coffer/result.h"

namespace coffer::operations {

// A relative path in one form: "./a//b/" is "a/b". kInvalidArgument: empty, absolute, with a ".." or a NUL in it.
Result<std::string> NormalizeRelativePath(std::string_view path);

// How a path is followed. The strict way, which refuses every link, serves where the kernel lacks openat2.
enum class LinkPolicy { kBelowFolder, kNone };

// Opens the regular file at the normalised `path` below `folder`. Symbolic links are followed only while they stay below it.
// These are the operating system's files: a FileSystem cannot tell a link.
// kNotFound; kInvalidArgument: no regular file, or a link leads out of the folder.
Result<std::unique_ptr<ByteSource>> OpenFileBelowFolder(const std::string& folder, const std::string& path,
                                                        LinkPolicy policy = LinkPolicy::kBelowFolder);

}  // namespace coffer::operations
