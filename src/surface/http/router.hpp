// Which handler answers which path. Filled before the server starts, read-only afterwards.
//
//   router.add(Method::get, "/v1/shipments/{id}/timeline", {}, handler);
//   router.add(Method::get, "/console/{file...}", {}, handler);   // the rest of the path, or none
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "surface/http/message.hpp"
#include "surface/http/responder.hpp"

namespace aftermile::surface {

// Runs on a server thread and must not block; whatever takes time goes elsewhere with the
// Responder. The Request stays valid until the Responder is used.
using Handler = std::function<void(Request&, Responder)>;

struct RouteOptions {
    // Larger bodies get 413.
    std::size_t body_max = 64 * 1024;
    // Called when the headers are in and before the body is read: a reply refuses the request
    // (bad key, over the rate), so that strangers cannot make us read large bodies.
    std::function<std::optional<Reply>(const Request&)> admit = {};
};

struct Route {
    Method method = Method::get;
    std::string pattern;
    std::vector<std::string> names;  // of the {parameters}, in order
    RouteOptions options;
    Handler handler;
};

struct RouteMatch {
    const Route* route = nullptr;
    // Decoded values of the parameters, in order, when `route` is set.
    std::vector<std::string> values;
    // Set when the path exists but not with this method: the methods it has, for Allow.
    std::string allow;
};

class Router {
  public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    // A literal segment wins over a parameter, a parameter over a {rest...}. The same method and
    // pattern twice, or a malformed pattern, is a programmer's error and ends the process.
    void add(Method method, std::string pattern, RouteOptions options, Handler handler);
    // HEAD falls back to GET.
    [[nodiscard]] RouteMatch match(Method method, const std::vector<std::string>& segments) const;

  private:
    struct Node;
    static const Node* find(const Node& node, const std::vector<std::string>& segments,
                            std::size_t at, std::vector<std::string>& values);

    std::unique_ptr<Node> root_;
};

}  // namespace aftermile::surface
