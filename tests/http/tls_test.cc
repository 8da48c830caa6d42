// The server with TLS.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <cstdio>
#include <memory>

#include "coffer/backup.h"
#include "http/server_fixture.h"
#include "support/status_matchers.h"

namespace coffer::http {
namespace {

namespace asio = boost::asio;

// A new key and certificate, valid for an hour.
void WriteCertificate(const std::string& certificate_path, const std::string& key_path) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  ASSERT_TRUE(key && certificate);
  constexpr long kHourSeconds = 3600;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHourSeconds);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  const auto write = [](const std::string& path, const auto& put) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(put(file), 1);
    std::fclose(file);
  };
  write(certificate_path, [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()); });
  write(key_path,
        [&](std::FILE* file) { return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

class TlsTest : public ServerFixture {
 protected:
  TlsTest() {
    options_.tls_certificate = directory_.File("certificate.pem");
    options_.tls_key = directory_.File("key.pem");
    options_.header_timeout = std::chrono::milliseconds(300);
    WriteCertificate(options_.tls_certificate, options_.tls_key);
  }

  // One request with this TLS version at most; nullopt: no handshake.
  std::optional<HttpAnswer> AskTls(const std::string& request, int version_max = TLS1_3_VERSION) {
    asio::io_context context;
    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.load_verify_file(options_.tls_certificate);
    SSL_CTX_set_security_level(tls.native_handle(), 0);
    SSL_CTX_set_max_proto_version(tls.native_handle(), version_max);
    asio::ssl::stream<asio::ip::tcp::socket> stream(context, tls);
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), server_->port()});
    boost::system::error_code error;
    stream.handshake(asio::ssl::stream_base::client, error);
    if (error) return std::nullopt;
    asio::write(stream, asio::buffer(request));
    boost::beast::flat_buffer buffer;
    HttpAnswer answer;
    boost::beast::http::read(stream, buffer, answer, error);
    EXPECT_FALSE(error) << error.message();
    return answer;
  }

  ServerOptions options_;
};

TEST_F(TlsTest, AnswersCalls) {
  StartServer(options_);
  const auto answer = AskTls(RequestText("GET", "/api/v1/data/stats", "admin-token"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->result_int(), 200U);
  ExpectCommonHeaders(*answer);
}

TEST_F(TlsTest, SendsABackupWhole) {
  const auto backup = RunBackup(*engine_);
  ASSERT_OK(backup);
  StartServer(options_);
  const auto answer = AskTls(RequestText("GET", "/api/v1/data/backups/" + backup->id + "/download", "admin-token"));
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)["Content-Type"], "application/x-tar");
  EXPECT_EQ(answer->body().size(), OpenBackupArchive(*engine_, backup->id)->size_bytes);
}

TEST_F(TlsTest, EventsEndWithTheirConnection) {
  const auto operation = StartPrune(*engine_, {.plan = true});
  ASSERT_OK(operation);
  ASSERT_OK(operation->Wait());
  StartServer(options_);
  const auto answer = AskTls(RequestText("GET", "/api/v1/data/operations/" + operation->id() + "/events", "admin-token"));
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)["Content-Type"], "text/event-stream");
  EXPECT_TRUE(answer->body().starts_with("id: 1\nevent: end\ndata: {")) << answer->body();
}

TEST_F(TlsTest, SpeaksNoOldVersions) {
  StartServer(options_);
  EXPECT_FALSE(AskTls(RequestText("GET", "/healthz", ""), TLS1_1_VERSION));
  EXPECT_TRUE(AskTls(RequestText("GET", "/healthz", ""), TLS1_2_VERSION));
}

TEST_F(TlsTest, EndsClientsWithoutTlsAndThoseThatAreSilent) {
  StartServer(options_);
  Client plain = Connect();
  ASSERT_TRUE(plain.Send(RequestText("GET", "/healthz", "")));
  EXPECT_FALSE(plain.Receive());
  Client silent = Connect();
  EXPECT_TRUE(silent.IsEnded());
  EXPECT_TRUE(AskTls(RequestText("GET", "/healthz", "")));
}

TEST_F(TlsTest, KeyThatDoesNotFitItsCertificateIsRefused) {
  ServerOptions other = options_;
  other.port = 0;
  other.tls_key = directory_.File("other-key.pem");
  WriteCertificate(directory_.File("other-certificate.pem"), other.tls_key);
  asio::io_context context;
  EXPECT_CODE(Server::Start(context, *engine_, other), kInvalidArgument);
}

}  // namespace
}  // namespace coffer::http
