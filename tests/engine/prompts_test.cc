// Prompts: put, get, update and delete.
#include "coffer/limits.h"
#include "engine/engine_fixture.h"

namespace coffer {
namespace {

class PromptsTest : public EngineTest {};

TEST_F(PromptsTest, ComesBackWithEveryMember) {
  Prompt given = MakePrompt("p1");
  given.description = "d";
  given.prompt_type = PromptType::kChain;
  given.category = PromptCategory::kCoding;
  given.variables = std::vector<std::string>{"name"};
  given.template_format = TemplateFormat::kMustache;
  given.input_schema = *Json::Parse("{}");
  given.output_schema = *Json::Parse(R"({"o":1})");
  given.examples = *Json::Parse("[1,2]");
  given.version = 3;
  given.is_latest = false;
  given.is_public = true;
  given.rating = *JsonNumber::Parse("4.50");
  given.usage_count = 9;
  given.tags = std::vector<std::string>{"t"};
  given.extra_metadata = *Json::Parse(R"({"z":null})");
  given.created_at = At(1);
  given.updated_at = At(2);
  ASSERT_OK(given.unknown_members.Add("later", *Json::Parse("false")));
  ASSERT_OK(engine_->PutPrompt(given));
  EXPECT_EQ(*engine_->GetPrompt("p1"), given);
  Reopen();
  EXPECT_EQ(*engine_->GetPrompt("p1"), given);
  ExpectHealthy(*engine_);
}

TEST_F(PromptsTest, PutModesDecideByWhatIsThere) {
  const auto put = [&](const std::string& name, PutMode mode, std::int64_t updated) {
    Prompt prompt = MakePrompt("p1", "ada", name);
    prompt.created_at = At(0);
    prompt.updated_at = At(updated);
    return engine_->PutPrompt(prompt, mode);
  };
  EXPECT_CODE(put("a", PutMode::kUpdate, 0), kNotFound);
  EXPECT_OK(put("a", PutMode::kInsert, 10));
  EXPECT_CODE(put("b", PutMode::kInsert, 11), kAlreadyExists);
  EXPECT_OK(put("b", PutMode::kKeepExisting, 11));
  EXPECT_OK(put("b", PutMode::kNewest, 10));
  EXPECT_EQ(engine_->GetPrompt("p1")->name, "a");
  EXPECT_OK(put("c", PutMode::kNewest, 11));
  EXPECT_EQ(engine_->GetPrompt("p1")->name, "c");
  EXPECT_OK(put("d", PutMode::kUpdate, 1));
  EXPECT_EQ(engine_->GetPrompt("p1")->name, "d");
  ExpectHealthy(*engine_);
}

TEST_F(PromptsTest, ChangeOfOwnerMovesListingAndCounters) {
  ASSERT_OK(engine_->PutPrompt(MakePrompt("p1", "ada")));
  ASSERT_OK(engine_->PutPrompt(MakePrompt("p1", "bob")));
  EXPECT_TRUE(engine_->ListPrompts(OwnedBy("ada"))->items.empty());
  EXPECT_EQ(engine_->ListPrompts(OwnedBy("bob"))->items.size(), 1U);
  ExpectHealthy(*engine_);
}

TEST_F(PromptsTest, DeleteAsksForTheOwner) {
  const Result<std::string> id = engine_->PutPrompt(MakePrompt(""));
  ASSERT_OK(id);
  EXPECT_CODE(engine_->Delete(Kind::kPrompt, *id, "bob"), kNotFound);
  EXPECT_OK(engine_->GetPrompt(*id));
  EXPECT_OK(engine_->Delete(Kind::kPrompt, *id));
  EXPECT_CODE(engine_->GetPrompt(*id), kNotFound);
  EXPECT_CODE(engine_->Delete(Kind::kPrompt, *id), kNotFound);
  EXPECT_CODE(engine_->Delete(Kind::kMessage, *id), kInvalidArgument);
  EXPECT_CODE(engine_->Delete(Kind::kContent, *id), kInvalidArgument);
  ExpectHealthy(*engine_);
}

TEST_F(PromptsTest, WrongPromptsAreRefused) {
  EXPECT_CODE(engine_->PutPrompt(MakePrompt("p", "")), kInvalidArgument);
  EXPECT_CODE(engine_->PutPrompt(MakePrompt("p", "ada", "")), kInvalidArgument);
  Prompt empty = MakePrompt("p");
  empty.content = "";
  EXPECT_CODE(engine_->PutPrompt(empty), kInvalidArgument);
  Prompt rated = MakePrompt("p");
  rated.rating = 6;
  EXPECT_CODE(engine_->PutPrompt(rated), kInvalidArgument);
  Prompt schema = MakePrompt("p");
  schema.input_schema = *Json::Parse("[]");
  EXPECT_CODE(engine_->PutPrompt(schema), kInvalidArgument);
  EXPECT_CODE(engine_->GetPrompt("p"), kNotFound);
}

TEST_F(PromptsTest, KindsShareNoIds) {
  PutTalk("same", 1);
  ASSERT_OK(engine_->PutPrompt(MakePrompt("same")));
  ASSERT_OK(engine_->PutDocument(MakeDocument("same")));
  ASSERT_OK(engine_->Delete(Kind::kPrompt, "same"));
  EXPECT_OK(engine_->GetConversation("same"));
  EXPECT_OK(engine_->GetDocument("same"));
  ExpectHealthy(*engine_);
}

TEST_F(PromptsTest, NamesAreLimitedInCharacters) {
  std::string name;
  for (std::size_t i = 0; i < kNameCharactersMax; ++i) name += "\xC3\xA9";
  EXPECT_OK(engine_->PutPrompt(MakePrompt("p1", "ada", name)));
  EXPECT_CODE(engine_->PutPrompt(MakePrompt("p2", "ada", name + "e")), kInvalidArgument);
}

}  // namespace
}  // namespace coffer
