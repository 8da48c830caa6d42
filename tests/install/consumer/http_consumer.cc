// The HTTP adapter, through its installed headers and package alone.
#include <coffer/coffer.h>
#include <coffer/http/server.h>

#include <cstdio>

int main(int argument_count, char** arguments) {
  if (argument_count != 2) return 2;
  auto engine = coffer::Engine::Open(arguments[1]);
  if (!engine.ok()) return 1;
  boost::asio::io_context context;
  coffer::http::ServerOptions options;
  options.port = 0;
  auto server = coffer::http::Server::Start(context, **engine, options);
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.status().ToString().c_str());
    return 1;
  }
  (*server)->Stop(std::chrono::seconds(1), [] {});
  context.run();
  server->reset();
  return (*engine)->Close().ok() ? 0 : 1;
}
