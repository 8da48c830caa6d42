// Opens a store, keeps a conversation with two messages in it, and reads it back.
#include <coffer/coffer.h>

#include <iostream>

int main() {
  auto engine = coffer::Engine::Open("first-program-data");
  if (!engine.ok()) {
    std::cerr << engine.status().ToString() << '\n';
    return 1;
  }

  coffer::Conversation conversation;
  conversation.user_id = "anna";
  conversation.title = "A trip to Lisbon";
  coffer::Message question;
  question.content = "What should I see in two days?";
  coffer::Message answer;
  answer.role = coffer::Role::kAssistant;
  answer.content = "Start with Alfama, early in the morning.";

  const coffer::Message messages[] = {question, answer};
  const auto id = (*engine)->PutConversationWithMessages(conversation, messages);
  if (!id.ok()) return 1;

  const auto json = (*engine)->GetConversationJson(*id, /*with_messages=*/true);
  if (!json.ok()) return 1;
  std::cout << *json << '\n';
  return (*engine)->Close().ok() ? 0 : 1;
}
