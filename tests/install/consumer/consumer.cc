// A program that uses Coffer through its installed headers and its CMake package alone.
#include <coffer/coffer.h>

#include <cstdio>

int main(int argument_count, char** arguments) {
  if (argument_count != 2) return 2;
  auto engine = coffer::Engine::Open(arguments[1]);
  if (!engine.ok()) {
    std::fprintf(stderr, "%s\n", engine.status().ToString().c_str());
    return 1;
  }
  coffer::Conversation conversation;
  conversation.user_id = "someone";
  conversation.title = "From an installed copy";
  const auto id = (*engine)->PutConversation(conversation);
  if (!id.ok() || !(*engine)->GetConversation(*id).ok()) return 1;
  return (*engine)->Close().ok() ? 0 : 1;
}
