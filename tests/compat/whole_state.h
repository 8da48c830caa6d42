// A store's records as text, for comparison with a file.
#pragma once

#include <cstdlib>
#include <string>

#include "coffer/engine.h"

namespace coffer {

// Every record with its messages, and the SHA-256 of the content it returns, one per line. Ends the program if a read fails.
inline std::string WholeState(Engine& engine) {
  std::string state;
  for (Kind kind : {Kind::kConversation, Kind::kDocument, Kind::kPrompt}) {
    ListOptions options;
    do {
      const Page<std::string> page = engine.ListJson(kind, options).value();
      for (const std::string& json : page.items) {
        const std::string id = json.substr(7, json.find('"', 7) - 7);  // {"id":"…
        state += kind == Kind::kConversation ? engine.GetConversationJson(id, true).value() : json;
        if (Result<ContentReader> content = engine.OpenContent(id); kind == Kind::kDocument && content.ok()) {
          std::string bytes(static_cast<std::size_t>(content->size_bytes()), '\0');
          const std::size_t got = content->Read(std::span<char>(bytes.data(), bytes.size())).value();
          state += " " + std::to_string(got) + " " + content->sha256();
        }
        state += "\n";
      }
      options.after = page.next;
    } while (!options.after.empty());
  }
  return state;
}

}  // namespace coffer
