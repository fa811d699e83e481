// Boost.Beast on one thread; a connection is an object that its next step keeps alive. What is asked for by another name than this
// machine's own is refused, so that no page of somewhere else can read along (DNS rebinding).
#include "apps/graft/page_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <exception>
#include <thread>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/report/page.hpp"

namespace graft {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr auto kPatience = std::chrono::seconds(20);    // with a client that neither asks nor reads
constexpr auto kLook = std::chrono::milliseconds(250);  // between two looks at what is new
constexpr int kLooksOfSilence = 40;                     // then a line that says nothing, to see who has left
constexpr auto kEventsHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";

bool is_own_name(const Request& request) {
  const std::string host(request[http::field::host]);
  const auto name = host.substr(0, host.rfind(':'));
  return name == "127.0.0.1" || name == "localhost";
}

Response answer_to(const Request& request, http::status status, const std::string& type, std::string body) {
  Response response{status, request.version()};
  response.set(http::field::content_type, type + "; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.body() = std::move(body);
  response.keep_alive(false);
  response.prepare_payload();
  return response;
}

Response answered(const Request& request, const PageSource& source) {
  const std::string target(request.target());
  if (request.method() != http::verb::get) return answer_to(request, http::status::method_not_allowed, "text/plain", "GET only\n");
  if (!is_own_name(request)) return answer_to(request, http::status::forbidden, "text/plain", "asked for by a strange name\n");
  if (target == "/") return answer_to(request, http::status::ok, "text/html", core::page_html(source.data()));
  if (target == "/data.json") return answer_to(request, http::status::ok, "application/json", source.data());
  return answer_to(request, http::status::not_found, "text/plain", "there is only one page here: /\n");
}

// What a folder that changes meanwhile may throw is the answer to this one question, not the end of the server.
Response answered_in_any_case(const Request& request, const PageSource& source) {
  try {
    return answered(request, source);
  } catch (const std::exception& error) {
    return answer_to(request, http::status::internal_server_error, "text/plain", error.what() + std::string("\n"));
  }
}

std::string told(const std::function<std::string()>& source) {
  try {
    return source();
  } catch (const std::exception& error) {
    return core::harmless(error.what());  // one line
  }
}

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const PageSource& source)
      : stream_(std::move(socket)), timer_(stream_.get_executor()), source_(source) {}

  void read() {
    stream_.expires_after(kPatience);
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](error_code gone, std::size_t) {
      if (!gone) self->answer();
    });
  }

 private:
  void answer() {
    if (request_.target() == "/events" && request_.method() == http::verb::get && is_own_name(request_)) return tell(kEventsHead);
    response_ = answered_in_any_case(request_, source_);
    stream_.expires_after(kPatience);
    http::async_write(stream_, response_, [self = shared_from_this()](error_code gone, std::size_t) {
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, gone);
    });
  }

  void tell(std::string text) {
    telling_ = std::move(text);
    stream_.expires_after(kPatience);
    asio::async_write(stream_, asio::buffer(telling_), [self = shared_from_this()](error_code gone, std::size_t) {
      if (!gone) self->wait();
    });
  }

  void wait() {
    timer_.expires_after(kLook);
    timer_.async_wait([self = shared_from_this()](error_code ended) {
      if (!ended) self->look();
    });
  }

  // A line whenever there is something new.
  void look() {
    auto now = told(source_.stamp);
    if (now != last_) {
      silent_ = 0;
      last_ = std::move(now);
      return tell("data: " + told(source_.standing) + "\n\n");
    }
    if (++silent_ % kLooksOfSilence == 0) return tell(": still here\n\n");
    wait();
  }

  boost::beast::tcp_stream stream_;
  asio::steady_timer timer_;
  const PageSource& source_;
  boost::beast::flat_buffer buffer_{};
  Request request_{};
  Response response_{};
  std::string telling_{}, last_{};
  int silent_ = 0;
};

}  // namespace

struct PageServer::Inside {
  PageSource source;
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer pause{context};
  std::thread thread{};

  explicit Inside(PageSource given) : source(std::move(given)) {}

  void accept() {
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
      if (error) return accept_later();  // too many open files, say: not at once again
      std::make_shared<Connection>(std::move(socket), source)->read();
      accept();
    });
  }

  void accept_later() {
    pause.expires_after(kLook);
    pause.async_wait([this](error_code ended) {
      if (!ended) accept();
    });
  }
};

PageServer::PageServer(std::uint16_t port, PageSource source) : inside_(std::make_unique<Inside>(std::move(source))) {
  error_code error;
  const tcp::endpoint place(asio::ip::address_v4::loopback(), port);
  auto& acceptor = inside_->acceptor;
  acceptor.open(place.protocol(), error);
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  acceptor.bind(place, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    throw core::Error(core::Exit::usage, "cannot listen on 127.0.0.1:" + std::to_string(port) + ": " + error.message(),
                      "--port 0 takes any port that is free");
  }
  inside_->accept();
  inside_->thread = std::thread([this] { inside_->context.run(); });
}

PageServer::~PageServer() {
  inside_->context.stop();
  inside_->thread.join();
}

std::uint16_t PageServer::port() const { return inside_->acceptor.local_endpoint().port(); }

}  // namespace graft
