#include "http/service_fixture.h"

#include "support/status_matchers.h"

namespace coffer::http {

ServiceFixture::ServiceFixture() {
  OpenOptions options;
  options.clock = &clock_;
  auto engine = Engine::Open(directory_.File("data"), options);
  EXPECT_OK(engine);
  if (engine.ok()) engine_ = *std::move(engine);
  Serve({});
}

ServiceFixture::~ServiceFixture() {
  service_.reset();
  if (engine_) {
    EXPECT_OK(engine_->Close());
  }
}

Result<Principal> ServiceFixture::WhoHas(std::string_view secret) {
  if (secret == "admin-token") return Principal{"root", PrincipalRole::kAdmin, "t1"};
  if (secret == "anna-token") return Principal{"anna", PrincipalRole::kUser, "t2"};
  if (secret == "ben-token") return Principal{"ben", PrincipalRole::kUser, "t3"};
  return Status::PermissionDenied("no such token");
}

void ServiceFixture::Serve(ServerOptions options) {
  if (!options.authenticate) options.authenticate = &WhoHas;
  options.clock = &clock_;
  service_ = std::make_unique<Service>(*engine_, std::move(options), LinkSigner::Key{1, 2, 3});
  service_->now = [this] { return now_; };
}

void ServiceFixture::PutSample() {
  Conversation conversation;
  conversation.id = "c1";
  conversation.user_id = "anna";
  conversation.title = "First";
  Message message;
  message.content = "Hello";
  const Message messages[] = {message, message};
  ASSERT_OK(engine_->PutConversationWithMessages(conversation, messages));
  conversation.id = "c2";
  conversation.user_id = "ben";
  ASSERT_OK(engine_->PutConversation(conversation));
  Document document;
  document.id = "d1";
  document.owner_id = "anna";
  document.filename = "a.txt";
  auto content = engine_->NewContent();
  ASSERT_OK(content);
  ASSERT_OK(content->Append("twelve bytes"));
  ASSERT_OK(engine_->PutDocument(document, *std::move(content)));
  Prompt prompt;
  prompt.id = "p1";
  prompt.owner_id = "ben";
  prompt.name = "Sum";
  prompt.content = "Sum up {text}";
  ASSERT_OK(engine_->PutPrompt(prompt));
}

Response ServiceFixture::Call(const std::string& method, const std::string& target, const std::string& token,
                              const std::string& body) {
  Request request;
  request.method = method;
  request.target = target;
  request.peer = "192.0.2.1";
  if (!token.empty()) request.authorization = "Bearer " + token;
  request.content_type = method == "POST" ? "application/json" : "";
  request.has_length = method == "POST";
  request.content_length = body.size();
  request.body = body;
  return Handle(request, *service_);
}

Json BodyOf(const Response& response) {
  return Json::parse(response.body ? *response.body : "null", nullptr, /*allow_exceptions=*/false);
}

std::string HeaderOf(const Response& response, std::string_view name) {
  for (const Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

std::string ProblemDetail(const Response& response, int status) {
  EXPECT_EQ(response.status, status);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const Json problem = BodyOf(response);
  for (const char* member : {"type", "title", "detail", "instance"}) EXPECT_TRUE(problem[member].is_string()) << member;
  EXPECT_EQ(problem["status"], status);
  return problem.value("detail", "");
}

}  // namespace coffer::http
