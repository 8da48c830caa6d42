// The server through its socket: framing, limits, deadlines, hostile input, and shutdown.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>

#include "coffer/backup.h"
#include "http/server_fixture.h"
#include "support/status_matchers.h"

namespace coffer::http {
namespace {

using std::chrono::milliseconds;

constexpr const char* kStats = "/api/v1/data/stats";
constexpr const char* kDeletePrompts = "/api/v1/data/bulk/delete-prompts";

class ServerTest : public ServerFixture {
 protected:
  // Sends bytes and expects one problem with this status, then the end of the connection.
  void ExpectRefused(const std::string& bytes, unsigned status) {
    Client client = Connect();
    client.Send(bytes);
    const auto answer = client.Receive();
    ASSERT_TRUE(answer) << bytes.substr(0, 200);
    EXPECT_EQ(answer->result_int(), status) << bytes.substr(0, 200);
    EXPECT_EQ((*answer)["Content-Type"], "application/problem+json");
    EXPECT_EQ(Json::parse(answer->body())["status"], status);
    ExpectCommonHeaders(*answer);
    EXPECT_TRUE(client.IsEnded()) << bytes.substr(0, 200);
  }
};

TEST_F(ServerTest, AnswersCallsOnOneConnection) {
  StartServer();
  Client client = Connect();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send(RequestText("GET", kStats, "admin-token")));
    const auto answer = client.Receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->result_int(), 200U);
    EXPECT_EQ((*answer)["Content-Type"], "application/json");
    EXPECT_EQ(Json::parse(answer->body())["total_records"], 6);
    ExpectCommonHeaders(*answer);
  }
}

TEST_F(ServerTest, AnswersWhatWasSentAheadInOrder) {
  StartServer();
  Client client = Connect();
  std::string ahead;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "X-Correlation-ID: n" + std::to_string(i) + "\r\n";
    ahead += i % 2 == 0 ? RequestText("GET", kStats, "admin-token", {}, id)
                        : RequestText("POST", kDeletePrompts, "ben-token", R"(["x"])", id);
  }
  ASSERT_TRUE(client.Send(ahead));
  for (int i = 0; i < 20; ++i) {
    const auto answer = client.Receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ((*answer)["x-correlation-id"], "n" + std::to_string(i));
    EXPECT_EQ(answer->result_int(), 200U);
    EXPECT_EQ(Json::parse(answer->body()).contains("errors"), i % 2 == 1);
  }
}

TEST_F(ServerTest, TakesChunks) {
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(client.Send("POST " + std::string(kDeletePrompts) +
                          " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ben-token\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3;name=value\r\n[\"p\r\n3\r\n1\"]\r\n0\r\nTrailer: x\r\n\r\n"));
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(Json::parse(answer->body())["successful_deletions"], 1);
  ASSERT_TRUE(client.Send(RequestText("GET", "/healthz", "")));
  EXPECT_TRUE(client.Receive());
}

TEST_F(ServerTest, AsksForABodyThatWaits) {
  StartServer();
  Client client = Connect();
  const std::string expects = "Expect: 100-continue\r\n";
  std::string request = RequestText("POST", kDeletePrompts, "ben-token", "[]", expects);
  ASSERT_TRUE(client.Send(request.substr(0, request.size() - 2)));
  EXPECT_EQ(client.ReceiveLine(), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.Send("[]"));
  EXPECT_EQ(client.Receive()->result_int(), 200U);
  // If the request is refused, the body is not asked for.
  request = RequestText("POST", kDeletePrompts, "wrong", "[]", expects);
  ASSERT_TRUE(client.Send(request.substr(0, request.size() - 2)));
  EXPECT_EQ(client.Receive()->result_int(), 401U);
  EXPECT_TRUE(client.IsEnded());
  ExpectRefused(RequestText("GET", kStats, "admin-token", {}, "Expect: a-miracle\r\n"), 417);
}

TEST_F(ServerTest, HeadHasNoBody) {
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(client.Send(RequestText("HEAD", kStats, "admin-token") + RequestText("GET", "/healthz", "")));
  const auto head = client.Receive(/*head=*/true);
  ASSERT_TRUE(head);
  EXPECT_GT(std::stoul(std::string((*head)["Content-Length"])), 100U);
  EXPECT_EQ(Json::parse(client.Receive()->body())["status"], "ok");
}

TEST_F(ServerTest, RefusedCallKeepsItsConnectionWhereItsBodyIsSmall) {
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(client.Send(RequestText("POST", kDeletePrompts, "wrong", R"(["p1"])") + RequestText("GET", "/healthz", "")));
  EXPECT_EQ(client.Receive()->result_int(), 401U);
  EXPECT_EQ(client.Receive()->result_int(), 200U);
}

TEST_F(ServerTest, Speaks10AndCloses) {
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(client.Send("GET /healthz HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(client.Receive()->result_int(), 200U);
  EXPECT_TRUE(client.IsEnded());
}

TEST_F(ServerTest, RefusesWhatIsNoRequest) {
  StartServer();
  for (const std::string& bytes :
       {std::string("nonsense\r\n\r\n"), std::string("GET\r\n\r\n"), std::string("GET  / HTTP/1.1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nNo colon\r\n\r\n"), std::string("GET / HTTP/1.1\r\n: x\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost : x\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n", 24),
        std::string("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 25), std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")}) {
    ExpectRefused(bytes, 400);
  }
  ExpectRefused("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505);
}

TEST_F(ServerTest, RefusesAmbiguousFraming) {
  StartServer();
  const std::string head =
      "POST " + std::string(kDeletePrompts) + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ben-token\r\n";
  for (const std::string framing :
       {"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
        "Content-Length: -2\r\n\r\n[]", "Content-Length: 2x\r\n\r\n[]", "Content-Length: 99999999999999999999999\r\n\r\n[]",
        "Transfer-Encoding: gzip\r\n\r\n[]", "Transfer-Encoding: chunked, gzip\r\n\r\n[]",
        "Transfer-Encoding: xchunked\r\n\r\n[]", "Authorization: Bearer admin-token\r\nContent-Length: 2\r\n\r\n[]"}) {
    ExpectRefused(head + framing, 400);
  }
}

TEST_F(ServerTest, RefusesBrokenChunks) {
  StartServer();
  const std::string head = "POST " + std::string(kDeletePrompts) +
                           " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ben-token\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* chunks : {"zz\r\n[]\r\n", "2\r\n[]xx0\r\n\r\n", "ffffffffffffffffff\r\n", "-2\r\n[]\r\n"})
    ExpectRefused(head + chunks, 400);
  Client cut_off = Connect();
  cut_off.Send(head + "5\r\n[");
  cut_off.EndSending();
  EXPECT_EQ(cut_off.Receive()->result_int(), 400U);
}

TEST_F(ServerTest, RefusesWhatIsTooLarge) {
  StartServer();
  ExpectRefused("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(kHeaderBytesMax, 'x'), 431);
  ExpectRefused("GET /" + std::string(kHeaderBytesMax, 'x'), 431);
  const std::string head =
      "POST " + std::string(kDeletePrompts) + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ben-token\r\n";
  ExpectRefused(head + "Content-Length: " + std::to_string(kJsonBodyBytesMax + 1) + "\r\n\r\n", 413);
  // The size of a chunked body is known only once it has arrived.
  std::string chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 65; ++i) chunks += "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  ExpectRefused(chunks, 413);
}

TEST_F(ServerTest, TakesABodyUpToTheLimit) {
  StartServer();
  const HttpAnswer answer = Ask("POST", kDeletePrompts, "ben-token", "[]" + std::string(kJsonBodyBytesMax - 2, ' '));
  EXPECT_EQ(answer.result_int(), 200U);
}

TEST_F(ServerTest, RefusesABodyWithoutLength) {
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(
      client.Send("POST " + std::string(kDeletePrompts) + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ben-token\r\n\r\n"));
  EXPECT_EQ(client.Receive()->result_int(), 411U);
}

TEST_F(ServerTest, SlowHeaderAndSlowBodyAreEnded) {
  ServerOptions options;
  options.header_timeout = milliseconds(150);
  options.body_timeout = milliseconds(150);
  StartServer(options);
  ExpectRefused("GET /healthz HTTP/1.1\r\nHost: x\r\nX: ", 408);
  ExpectRefused("POST " + std::string(kDeletePrompts) +
                    " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ben-token\r\nContent-Length: 9\r\n\r\n[",
                408);
}

TEST_F(ServerTest, HeaderThatTricklesIsEndedToo) {
  ServerOptions options;
  options.header_timeout = milliseconds(200);
  StartServer(options);
  Client client = Connect();
  const auto began = std::chrono::steady_clock::now();
  for (bool sent = client.Send("GET / HTTP/1.1\r\n");
       sent && std::chrono::steady_clock::now() - began < std::chrono::seconds(5);) {
    std::this_thread::sleep_for(milliseconds(20));
    sent = client.Send("X: y\r\n");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
}

TEST_F(ServerTest, IdleConnectionIsEndedWithoutAWord) {
  ServerOptions options;
  options.idle_timeout = milliseconds(100);
  StartServer(options);
  Client silent = Connect();
  EXPECT_FALSE(silent.Receive());
  Client used = Connect();
  ASSERT_TRUE(used.Send(RequestText("GET", "/healthz", "")));
  EXPECT_TRUE(used.Receive());
  EXPECT_TRUE(used.IsEnded());
}

TEST_F(ServerTest, JunkNeverEndsTheServer) {
  ServerOptions options;
  options.header_timeout = milliseconds(100);
  StartServer(options);
  std::mt19937 random(7);
  const std::string good = RequestText("POST", kDeletePrompts, "ben-token", R"(["x","y"])");
  for (int i = 0; i < 300; ++i) {
    std::string bytes = good;
    if (i % 3 == 0) {
      bytes.resize(random() % 400);
      for (char& c : bytes) c = static_cast<char>(random());
    } else {
      for (auto changes = 1 + random() % 6; changes > 0; --changes)
        bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    Client client = Connect();
    client.Send(bytes);
    client.EndSending();
    if (i % 2 == 0) client.IsEnded();
  }
  EXPECT_EQ(Ask("GET", "/healthz", "").result_int(), 200U);
}

TEST_F(ServerTest, IdsThatLookLikePathsAreOnlyIds) {
  StartServer();
  for (const char* path :
       {"/api/v1/data/../../etc/passwd", "/api/v1/data/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd"}) {
    const HttpAnswer answer = Ask("GET", path, "admin-token");
    EXPECT_TRUE(answer.result_int() == 404 || answer.result_int() == 400) << path;
  }
}

TEST_F(ServerTest, ConnectionsBeyondTheLimitWait) {
  ServerOptions options;
  options.connections_max = 2;
  StartServer(options);
  auto first = std::make_unique<Client>(server_->port());
  Client second = Connect();
  for (Client* client : {first.get(), &second}) {
    ASSERT_TRUE(client->Send(RequestText("GET", "/healthz", "")));
    ASSERT_TRUE(client->Receive());
  }
  Client third = Connect();
  ASSERT_TRUE(third.Send(RequestText("GET", "/healthz", "")));
  std::this_thread::sleep_for(milliseconds(50));
  first.reset();
  EXPECT_TRUE(third.Receive());
}

TEST_F(ServerTest, ADownloadOfABackupThatGoesMeanwhileIsCutShort) {
  // More than the socket buffers hold, so that the server has not reached the manifest at the end.
  constexpr std::size_t kContentBytes = std::size_t{48} << 20;
  std::string noise(kContentBytes, '\0');
  std::mt19937_64 random(7);
  std::ranges::generate(noise, [&] { return static_cast<char>(random()); });
  Document document;
  document.id = "large";
  document.owner_id = "anna";
  document.filename = "noise";
  auto content = engine_->NewContent();
  ASSERT_OK(content);
  ASSERT_OK(content->Append(noise));
  ASSERT_OK(engine_->PutDocument(document, *std::move(content)));
  const auto backup = RunBackup(*engine_);
  ASSERT_OK(backup);
  const std::uint64_t whole = OpenBackupArchive(*engine_, backup->id)->size_bytes;
  ASSERT_GT(whole, kContentBytes);
  StartServer();
  Client client = Connect();
  ASSERT_TRUE(client.Send(RequestText("GET", "/api/v1/data/backups/" + backup->id + "/download", "admin-token")));
  const std::string head = client.ReceiveLine();
  ASSERT_TRUE(head.starts_with("HTTP/1.1 200 "));
  EXPECT_NE(head.find("Content-Length: " + std::to_string(whole) + "\r\n"), std::string::npos) << head;
  ASSERT_TRUE(std::filesystem::remove(directory_.File("data") + "/backups/manifests/" + backup->id));
  const std::size_t came = client.CountRest();
  EXPECT_GE(came, kContentBytes) << "all pieces before the manifest's";
  EXPECT_LT(came, whole);
}

TEST_F(ServerTest, StopLetsARequestEndAndTakesNoMore) {
  StartServer();
  Client idle = Connect();
  ASSERT_TRUE(idle.Send(RequestText("GET", "/healthz", "")));
  ASSERT_TRUE(idle.Receive());
  Client busy = Connect();
  const std::string request = RequestText("POST", kDeletePrompts, "ben-token", R"(["p1"])");
  ASSERT_TRUE(busy.Send(request.substr(0, request.size() - 3)));
  std::this_thread::sleep_for(milliseconds(100));
  std::atomic<bool> done = false;
  server_->Stop(std::chrono::seconds(10), [&done] { done = true; });
  EXPECT_TRUE(idle.IsEnded());
  EXPECT_FALSE(done);
  ASSERT_TRUE(busy.Send(request.substr(request.size() - 3)));
  const auto answer = busy.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 200U);
  EXPECT_EQ((*answer)["Connection"], "close");
  EXPECT_TRUE(busy.IsEnded());
  for (int i = 0; i < 500 && !done; ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_TRUE(done);
}

TEST_F(ServerTest, StopCutsWhatDoesNotEndInTime) {
  StartServer();
  Client busy = Connect();
  ASSERT_TRUE(busy.Send("GET /healthz HTTP/1.1\r\n"));
  std::this_thread::sleep_for(milliseconds(50));
  std::atomic<bool> done = false;
  server_->Stop(milliseconds(100), [&done] { done = true; });
  EXPECT_TRUE(busy.IsEnded());
  for (int i = 0; i < 500 && !done; ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_TRUE(done);
}

TEST_F(ServerTest, EndsWhileConnectionsAreOpen) {
  StartServer();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<Client>(server_->port()));
    clients.back()->Send(i % 2 == 0 ? RequestText("GET", kStats, "admin-token") : "GET / HT");
  }
  server_.reset();
  for (const auto& client : clients) EXPECT_TRUE(client->IsEnded());
}

TEST_F(ServerTest, ManyClientsAtOnceEachGetTheirOwn) {
  ServerOptions options;
  options.rate_minute = 100'000;
  options.rate_hour = 100'000;
  StartServer(options);
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([this, c] {
      Client client = Connect();
      for (int i = 0; i < 100; ++i) {
        const std::string id = std::to_string(c) + "-" + std::to_string(i);
        ASSERT_TRUE(client.Send(RequestText("GET", kStats, "admin-token", {}, "x-correlation-id: " + id + "\r\n")));
        const auto answer = client.Receive();
        ASSERT_TRUE(answer);
        EXPECT_EQ((*answer)["x-correlation-id"], id);
        EXPECT_EQ(answer->result_int(), 200U);
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

TEST_F(ServerTest, OptionsThatCannotBeAreRefused) {
  boost::asio::io_context context;
  const auto refused = [&](auto change) {
    ServerOptions options;
    options.port = 0;
    change(options);
    return Server::Start(context, *engine_, options).status();
  };
  EXPECT_CODE(refused([](ServerOptions& options) { options.address = "not an address"; }), kInvalidArgument);
  EXPECT_CODE(refused([](ServerOptions& options) { options.rate_minute = 0; }), kInvalidArgument);
  EXPECT_CODE(refused([](ServerOptions& options) { options.public_url = "data.example.org"; }), kInvalidArgument);
  EXPECT_CODE(refused([](ServerOptions& options) { options.tls_certificate = "a.pem"; }), kInvalidArgument);
  EXPECT_CODE(refused([](ServerOptions& options) { options.tls_certificate = options.tls_key = "/nowhere.pem"; }),
              kInvalidArgument);
  StartServer();
  EXPECT_CODE(refused([this](ServerOptions& options) { options.port = server_->port(); }), kBusy);
}

}  // namespace
}  // namespace coffer::http
