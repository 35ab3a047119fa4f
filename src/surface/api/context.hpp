// What the handlers of the API share, and how an operation is put on the router: authenticated,
// its query parameters known by name, its work done off the server's threads.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "engine/engine.hpp"
#include "ports/connector.hpp"
#include "surface/api/auth.hpp"
#include "surface/api/jobs.hpp"
#include "surface/http/router.hpp"

namespace aftermile::surface {

class Idempotency;
class Sources;
class Streams;

struct ApiOptions {
    std::string public_url = "http://localhost:8080";  // without a slash at the end
    std::string version = "0.1.0";
    bool test_clock = false;
    // How the test clock is moved, on a job's thread; none: Engine::advance_to.
    std::function<base::Result<void>(base::Instant)> advance{};
    int readers = 2;
    AuthOptions auth{};
    std::vector<const ports::Connector*> connectors{};
};

// Lives as long as the server. Everything in it is safe from several threads.
struct Context {
    engine::Engine& engine;
    ApiOptions options;
    Auth auth;
    std::string cursor_key;
    std::unique_ptr<Jobs> jobs;
    std::unique_ptr<Idempotency> idempotency;
    std::unique_ptr<Sources> sources;
    std::unique_ptr<Streams> streams;

    Context(engine::Engine& engine_in, ApiOptions options_in);
    ~Context();
    [[nodiscard]] const model::Catalog& catalog() const { return engine.catalog(); }
    [[nodiscard]] const text::Messages& messages() const {
        return engine.messages().templates->messages();
    }
};

// One authenticated request on its way.
struct Call {
    Request* request = nullptr;  // valid until the reply
    Responder responder;
    Caller caller;

    void send(Reply reply);
    void send_json(int status, std::string body);
    void send_error(const base::Error& error);
    void send_problem(int status, std::string_view code, std::string_view detail,
                      const std::vector<FieldProblem>& errors = {});
};

struct Operation {
    Method method = Method::get;
    std::string pattern;
    unsigned scope = scope::read;
    std::vector<std::string_view> query{};  // parameters it knows; others are refused by name
    std::size_t body_max = std::size_t{64} << 10;
};

// On a server thread: it must not wait.
using CallHandler = std::function<void(Call)>;
// On a job's thread: the body of a 200, or an error.
struct ReadCall {
    Context& context;
    ports::StoreReader& reader;
    const Request& request;
    const Caller& caller;
};
using ReadHandler = std::function<base::Result<std::string>(ReadCall&)>;

void add_operation(Router& router, Context& context, Operation operation, CallHandler handler);
void add_read(Router& router, Context& context, Operation operation, ReadHandler handler);

// Runs `work` on a job's thread and sends what it returns.
void answer_later(Context& context, Call call, ReadHandler work);

// The status that an error of the rooms below is told with.
[[nodiscard]] int status_of(const base::Error& error);
// What the store or another part of us said is for the log: it names hosts, users and tables. The
// client gets a sentence of ours instead, and finds the log's line by the request's id.
[[nodiscard]] base::Error told(std::string_view request_id, const base::Error& error);
[[nodiscard]] Reply error_reply(std::string_view request_id, const base::Error& error);
// A body that must be one JSON object: codes media_type (415), malformed_json (400).
[[nodiscard]] base::Result<base::JsonDocument> read_object(const Request& request);
// 422 with every problem of a body.
[[nodiscard]] Reply invalid_reply(std::string_view request_id, const base::Problems& problems);

}  // namespace aftermile::surface
