// coffer_content_writer and coffer_content_reader.
#pragma once

#include <optional>
#include <string>

#include "coffer/content.h"
#include "engine_use.h"

struct coffer_content_writer {
  coffer::c::EngineUse use;
  std::optional<coffer::ContentWriter> writer;  // empty once a put took it
};

struct coffer_content_reader {
  coffer::c::EngineUse use;
  coffer::ContentReader reader;
};

namespace coffer::c {

// Takes it over: the handle is empty afterwards.
ContentWriter Taken(coffer_content_writer* writer, const EngineUse& use);

}  // namespace coffer::c
