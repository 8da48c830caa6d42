#include "operations/import/chats/chatgpt_content.h"

#include <algorithm>
#include <array>

#include "format/json/canonical_object.h"
#include "operations/import/chats/foreign_json.h"

namespace coffer::operations {
namespace {

using format::CanonicalItems;
using format::CanonicalMember;
using format::CanonicalObject;
using format::CanonicalText;

constexpr std::string_view kField = "mapping[].message.content";

// Content types and the members that hold their text. Several members become one paragraph each.
struct TextMembers {
  std::string_view type;
  std::array<std::string_view, 2> members;
};
constexpr TextMembers kTextMembers[] = {
    {"code", {"text", {}}},
    {"execution_output", {"text", {}}},
    {"tether_quote", {"text", {}}},
    {"sonic_webpage", {"text", {}}},
    {"system_error", {"text", {}}},
    {"tether_browsing_code", {"text", {}}},
    {"tether_browsing_display", {"result", {}}},
    {"reasoning_recap", {"content", {}}},
    {"citable_code_output", {"output_str", {}}},
    {"user_editable_context", {"user_profile", "user_instructions"}},
    {"model_editable_context", {"model_set_context", {}}},
};
// The members in which an unknown type may have its text.
constexpr std::string_view kAnyTextMembers[] = {"text", "result", "content", "output_str"};

void AddPointer(std::string_view value, std::vector<std::string>& files) {
  const std::optional<std::string> pointer = CanonicalText(value);
  if (!pointer || pointer->empty()) return;
  files.push_back(FileOfPointer(*pointer));
}

// A part is a pointer to a file, or has pointers to the sound and pictures of a call.
void AddPointersOf(const CanonicalObject& part, std::vector<std::string>& files) {
  AddPointer(part.Find("asset_pointer"), files);
  for (std::string_view name : {"audio_asset_pointer", "video_container_asset_pointer"}) {
    AddPointer(part.Find(name), files);
    AddPointer(CanonicalObject(part.Find(name)).Find("asset_pointer"), files);
  }
  for (std::string_view frame : CanonicalItems(part.Find("frames_asset_pointers"))) {
    AddPointer(CanonicalObject(frame).Find("asset_pointer"), files);
  }
}

void ReadParts(std::string_view parts, ChatGptContent& content) {
  for (std::string_view part : CanonicalItems(parts)) {
    if (const std::optional<std::string> text = CanonicalText(part)) {
      AppendParagraph(*text, content.text);
      continue;
    }
    const CanonicalObject object(part);
    AppendParagraph(object.Text("text").value_or(""), content.text);
    AddPointersOf(object, content.files);
  }
}

void ReadThoughts(std::string_view thoughts, ChatGptContent& content) {
  for (std::string_view thought : CanonicalItems(thoughts)) {
    const CanonicalObject object(thought);
    AppendParagraph(object.Text("summary").value_or(""), content.text);
    AppendParagraph(object.Text("content").value_or(""), content.text);
  }
}

// The members without the one whose text is exactly the content.
std::string Without(const CanonicalObject& object, std::string_view name) {
  format::CanonicalWriter rest;
  for (const CanonicalMember& member : object.members()) {
    if (member.name != name) rest.Add(member.name, member.value);
  }
  return rest.Finish();
}

// Whether it is {"content_type":"text","parts":["…"]} with one text: nothing else to keep.
bool IsPlainText(const CanonicalObject& object, std::string_view type) {
  if (type != "text" || object.members().size() != 2) return false;
  const std::vector<std::string_view> parts = CanonicalItems(object.Find("parts"));
  return parts.size() == 1 && parts.front().starts_with('"');
}

void ReadMembers(const CanonicalObject& object, const TextMembers& known, ChatGptContent& content) {
  for (std::string_view member : known.members) {
    if (!member.empty()) AppendParagraph(object.Text(member).value_or(""), content.text);
  }
  const bool word_for_word = known.members[1].empty() && object.Find(known.members[0]).starts_with('"');
  if (word_for_word) content.rest = Without(object, known.members[0]);
}

void ReadUnknown(const CanonicalObject& object, ChatGptContent& content) {
  for (std::string_view member : kAnyTextMembers) AppendParagraph(object.Text(member).value_or(""), content.text);
  ReadParts(object.Find("parts"), content);
  AddPointersOf(object, content.files);
}

}  // namespace

std::string FileOfPointer(std::string_view pointer) {
  const std::size_t scheme = pointer.find("://");
  if (scheme != std::string_view::npos) pointer.remove_prefix(scheme + 3);
  return std::string(pointer.substr(0, pointer.find_first_of("#?")));
}

ChatGptContent ReadChatGptContent(std::string_view canonical, std::string_view message_id, FieldLosses& losses) {
  ChatGptContent content;
  const CanonicalObject object(canonical);
  const std::string type = object.Text("content_type").value_or("");
  if (IsPlainText(object, type)) {
    ReadParts(object.Find("parts"), content);
    return content;
  }
  content.rest = canonical;
  const auto* known = std::ranges::find(kTextMembers, std::string_view(type), &TextMembers::type);
  if (known != std::end(kTextMembers)) {
    ReadMembers(object, *known, content);
  } else if (type == "text" || type == "multimodal_text") {
    ReadParts(object.Find("parts"), content);
  } else if (type == "thoughts") {
    ReadThoughts(object.Find("thoughts"), content);
  } else {
    ReadUnknown(object, content);
    losses.Note(kField, canonical.empty() ? "missing" : "unknown type: kept in extra_metadata", message_id);
  }
  return content;
}

}  // namespace coffer::operations
