// coffer_content_writer and coffer_content_reader.
#pragma once

#include <optional>
#include <string>

#include "coffer/content.h"
#include "engine_use.h"

struct coffer_content_writer {
  coffer::c::EngineUse use;
  std::optional<coffer::ContentWriter> writer;  // empty after a put took the content
};

struct coffer_content_reader {
  coffer::c::EngineUse use;
  coffer::ContentReader reader;
};

namespace coffer::c {

// Moves the content out of the handle.
// Throws a Failure for a writer of another engine, or one whose content was taken before.
ContentWriter Taken(coffer_content_writer* writer, const EngineUse& use);

}  // namespace coffer::c
