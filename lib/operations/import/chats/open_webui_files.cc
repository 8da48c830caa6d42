#include "operations/import/chats/open_webui_files.h"

#include <algorithm>
#include <cctype>

#include "format/age/base64.h"
#include "format/json/canonical_object.h"
#include "format/json/json_text.h"
#include "operations/import/chats/foreign_json.h"

namespace coffer::operations {
namespace {

using format::CanonicalItems;
using format::CanonicalMember;
using format::CanonicalObject;
using format::CanonicalWriter;
using format::EpochUnit;

constexpr std::string_view kField = "messages[].files[]";
constexpr std::string_view kIdPrefix = "open-webui-file";

// "data:image/png;base64,…"
struct DataUrl {
  std::string mime_type;
  std::string bytes;
};

std::optional<DataUrl> ReadDataUrl(std::string_view url) {
  constexpr std::string_view kBegin = "data:";
  constexpr std::string_view kEncoding = ";base64,";
  const std::size_t encoding = url.find(kEncoding);
  if (!url.starts_with(kBegin) || encoding == std::string_view::npos) return std::nullopt;
  DataUrl data;
  const std::string_view type = url.substr(kBegin.size(), encoding - kBegin.size());
  data.mime_type = type.substr(0, type.find(';'));
  if (!format::DecodeBase64(url.substr(encoding + kEncoding.size()), data.bytes).ok()) return std::nullopt;
  return data;
}

// "image.png" for image/png.
std::string NameOfType(std::string_view mime_type) {
  const std::size_t slash = mime_type.find('/');
  if (slash == std::string_view::npos) return "file";
  std::string name(mime_type.substr(0, slash));
  name += '.';
  for (char c : mime_type.substr(slash + 1)) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) break;
    name += c;
  }
  return name;
}

// A copy of the object with some values replaced.
std::string WithMembers(const CanonicalObject& object, std::initializer_list<CanonicalMember> others) {
  CanonicalWriter writer;
  for (const CanonicalMember& member : object.members()) {
    const auto* other = std::ranges::find(others, member.name, &CanonicalMember::name);
    if (other == others.end()) {
      writer.Add(member.name, member.value);
    } else if (!other->value.empty()) {
      writer.Add(other->name, other->value);
    }
  }
  return writer.Finish();
}

class FileReader {
 public:
  FileReader(const std::string& owner, std::string_view message_id, Chat& chat, FieldLosses& losses)
      : owner_(owner), message_id_(message_id), chat_(chat), losses_(losses) {}

  OpenWebUiFiles Read(std::string_view files) {
    for (std::string_view file : CanonicalItems(files)) {
      found_.rest += found_.rest.empty() ? '[' : ',';
      found_.rest += ReadFile(file);
    }
    found_.rest += found_.rest.empty() ? "[]" : "]";
    return std::move(found_);
  }

 private:
  // The description that is kept with the document.
  std::string ReadFile(std::string_view canonical) {
    const CanonicalObject file(canonical);
    if (chat_.documents.size() >= kImportChatNodesMax) {
      losses_.Note(kField, "more files than the limit for a chat: kept in extra_metadata", message_id_);
      return std::string(canonical);
    }
    const std::string url = file.Text("url").value_or("");
    if (std::optional<DataUrl> data = ReadDataUrl(url)) return AddImage(file, std::move(*data));
    const CanonicalObject stored(file.Find("file"));
    if (stored.Text("id")) return AddStored(file, stored);
    losses_.Note(kField, "content not in the export: its description is kept in extra_metadata", message_id_);
    return std::string(canonical);
  }

  std::string AddImage(const CanonicalObject& file, DataUrl data) {
    ChatDocument document;
    document.document.id = IdFromForeign(kIdPrefix, "/" + data.bytes);
    document.document.filename = file.Text("name").value_or("");
    if (document.document.filename.empty()) document.document.filename = NameOfType(data.mime_type);
    if (!data.mime_type.empty()) document.document.mime_type = std::move(data.mime_type);
    document.content = std::move(data.bytes);
    std::string link;
    format::AppendJsonString("document:" + document.document.id, link);
    Add(std::move(document));
    return WithMembers(file, {{"url", link}});
  }

  // The bytes are not in the export, but the text extracted from them is.
  std::string AddStored(const CanonicalObject& file, const CanonicalObject& stored) {
    const CanonicalObject data(stored.Find("data"));
    const CanonicalObject meta(stored.Find("meta"));
    ChatDocument document;
    document.document.id = IdFromForeign(kIdPrefix, *stored.Text("id"));
    document.document.filename = stored.Text("filename").value_or("");
    if (document.document.filename.empty()) document.document.filename = document.document.id;
    document.document.mime_type = meta.Text("content_type");
    document.document.extracted_text = data.Text("content");
    if (IsNumber(stored.Find("created_at"))) {
      const auto time = format::ReadEpoch(stored.Find("created_at"), format::GuessEpochUnit(stored.Find("created_at")));
      if (time) document.document.created_at = time->timestamp;
    }
    losses_.Note(kField, "bytes of the file not in the export", message_id_);
    const bool has_text = document.document.extracted_text.has_value();
    Add(std::move(document));
    const std::string rest_of_data = WithMembers(data, {{"content", {}}});
    const std::string rest_of_stored = WithMembers(stored, {{"data", rest_of_data}});
    return has_text ? WithMembers(file, {{"file", rest_of_stored}}) : WithMembers(file, {});
  }

  // Several messages may have the same file.
  void Add(ChatDocument document) {
    document.document.owner_id = owner_;
    found_.documents.push_back(document.document.id);
    if (chat_.document_ids.insert(document.document.id).second) chat_.documents.push_back(std::move(document));
  }

  const std::string& owner_;
  const std::string_view message_id_;
  Chat& chat_;
  FieldLosses& losses_;
  OpenWebUiFiles found_;
};

}  // namespace

OpenWebUiFiles ReadOpenWebUiFiles(std::string_view files, const std::string& owner, std::string_view message_id, Chat& chat,
                                  FieldLosses& losses) {
  return FileReader(owner, message_id, chat, losses).Read(files);
}

}  // namespace coffer::operations
