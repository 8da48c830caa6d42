// How many requests per second does GET /stats serve while one writer runs, compared with a bare Beast server that returns a
// constant of the same length? wrk asks both, one after the other, with the same number of connections; each has the same
// threads.
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "coffer/engine.h"
#include "coffer/http/server.h"
#include "peers/constant_server.h"

namespace coffer::bench {
namespace {

namespace asio = boost::asio;

constexpr int kOwners = 200;
constexpr int kConversations = 2000;
constexpr const char* kWrk = "wrk -t1 -c32 -d5s --latency -H 'Authorization: Bearer bench' ";

void Put(Engine& engine, int i) {
  Conversation conversation;
  conversation.user_id = "user-" + std::to_string(i % kOwners);
  conversation.title = "Conversation " + std::to_string(i);
  Message message;
  message.content = std::string(400, 'x');
  const Message messages[] = {message, message, message};
  WriteOptions buffered;
  buffered.durability = Durability::kBuffered;
  if (!engine.PutConversationWithMessages(conversation, messages, PutMode::kUpsert, buffered).ok()) std::exit(1);
}

// Writes until it is stopped; each write is durable before the next.
class Writer {
 public:
  explicit Writer(Engine& engine) : thread_([this, &engine] { Run(engine); }) {}
  ~Writer() {
    stop_ = true;
    thread_.join();
  }
  int written() const { return written_; }

 private:
  void Run(Engine& engine) {
    Prompt prompt;
    prompt.name = "Prompt";
    prompt.content = std::string(400, 'x');
    while (!stop_) {
      prompt.owner_id = "user-" + std::to_string(written_ % kOwners);
      if (!engine.PutPrompt(prompt).ok()) std::exit(1);
      ++written_;
    }
  }
  std::atomic<bool> stop_{false};
  std::atomic<int> written_{0};
  std::thread thread_;
};

// Returns the requests per second that wrk reports; its whole output goes to stderr.
double Measure(std::uint16_t port, const std::string& path) {
  const std::string command = kWrk + ("http://127.0.0.1:" + std::to_string(port)) + path;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return 0;
  std::string text;
  std::array<char, 4096> piece{};
  while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) text += piece.data();
  if (::pclose(pipe) != 0 || text.find("Non-2xx") != std::string::npos) {
    std::cerr << text;
    return 0;
  }
  std::cerr << text;
  const auto place = text.find("Requests/sec:");
  return place == std::string::npos ? 0 : std::strtod(text.c_str() + place + 13, nullptr);
}

// Runs the loop with `threads` while `measure` measures.
double WithLoop(asio::io_context& context, unsigned threads, const std::function<double()>& measure) {
  auto work = asio::make_work_guard(context);
  std::vector<std::thread> loop;
  for (unsigned i = 0; i < threads; ++i) loop.emplace_back([&context] { context.run(); });
  const double rate = measure();
  context.stop();
  for (std::thread& thread : loop) thread.join();
  return rate;
}

double MeasureConstant(unsigned threads, std::size_t body_bytes) {
  asio::io_context context(static_cast<int>(threads));
  const std::uint16_t port = StartConstantServer(context, std::string(body_bytes, 'x'));
  return WithLoop(context, threads, [port] { return Measure(port, "/"); });
}

double MeasureCoffer(Engine& engine, unsigned threads) {
  asio::io_context context(static_cast<int>(threads));
  http::ServerOptions options;
  options.port = 0;
  options.rate_minute = options.rate_hour = 1'000'000'000;
  options.authenticate = [](std::string_view) -> Result<Principal> {
    return Principal{"bench", PrincipalRole::kAdmin, "bench"};
  };
  auto server = http::Server::Start(context, engine, options);
  if (!server.ok()) {
    std::cerr << server.status().ToString() << '\n';
    return 0;
  }
  return WithLoop(context, threads, [&] { return Measure((*server)->port(), "/api/v1/data/stats"); });
}

int Run() {
  if (std::system("command -v wrk > /dev/null") != 0) {
    std::cout << "wrk is not installed (Debian package wrk): nothing measured\n";
    return 0;
  }
  const std::string folder = std::filesystem::temp_directory_path() / ("coffer-http-bench-" + std::to_string(::getpid()));
  auto engine = Engine::Open(folder);
  if (!engine.ok()) return 1;
  for (int i = 0; i < kConversations; ++i) Put(**engine, i);
  constexpr std::size_t kStatisticsBytes = 4000;  // the length for 200 owners
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  std::cout << "| " << threads << " threads, 32 connections | requests/s |\n|---|---|\n";
  double constant = 0;
  double constant_beside_writer = 0;
  double coffer = 0;
  constant = MeasureConstant(threads, kStatisticsBytes);
  {
    const Writer writer(**engine);
    constant_beside_writer = MeasureConstant(threads, kStatisticsBytes);
    coffer = MeasureCoffer(**engine, threads);
    std::cout << "| the writer's commits | " << writer.written() << " |\n";
  }
  std::cout << "| bare Beast, a constant | " << constant << " |\n| the same with the writer | " << constant_beside_writer
            << " |\n| coffer, GET /stats with the writer | " << coffer << " |\n| ratio to the constant | " << coffer / constant
            << " |\n| ratio with the writer | " << coffer / constant_beside_writer << " |\n";
  const bool closed = (*engine)->Close().ok();
  std::filesystem::remove_all(folder);
  return closed && coffer > 0 ? 0 : 1;
}

}  // namespace
}  // namespace coffer::bench

int main() { return coffer::bench::Run(); }
