#include "surface/http/router.hpp"

#include "base/check.hpp"

namespace aftermile::surface {

struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::unique_ptr<Node> rest;
    std::array<std::unique_ptr<Route>, method_count> routes;

    [[nodiscard]] bool has_routes() const {
        for (const auto& route : routes) {
            if (route) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] const Route* route(Method method) const {
        return routes[static_cast<std::size_t>(method)].get();
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string pattern, RouteOptions options, Handler handler) {
    base::check(pattern.starts_with('/'), "a route pattern starts with '/'");
    base::check(handler != nullptr, "a route has a handler");
    auto route = std::make_unique<Route>();
    Node* node = root_.get();
    std::string_view left = std::string_view(pattern).substr(1);
    while (!left.empty()) {
        const auto slash = left.find('/');
        const auto segment = left.substr(0, slash);
        left = slash == std::string_view::npos ? std::string_view() : left.substr(slash + 1);
        base::check(!segment.empty(), "a route pattern has no empty segment");
        std::unique_ptr<Node>* next = nullptr;
        if (segment.starts_with('{')) {
            base::check(segment.ends_with('}'), "a {parameter} fills its segment");
            auto name = segment.substr(1, segment.size() - 2);
            const bool is_rest = name.ends_with("...");
            if (is_rest) {
                name.remove_suffix(3);
            }
            base::check(!is_rest || left.empty(), "a {rest...} is the last segment");
            route->names.emplace_back(name);
            next = is_rest ? &node->rest : &node->parameter;
        } else {
            next = &node->literals[std::string(segment)];
        }
        if (!*next) {
            *next = std::make_unique<Node>();
        }
        node = next->get();
    }
    auto& place = node->routes[static_cast<std::size_t>(method)];
    base::check(place == nullptr, "a route is added once");
    route->method = method;
    route->pattern = std::move(pattern);
    route->options = std::move(options);
    route->handler = std::move(handler);
    place = std::move(route);
}

const Router::Node* Router::find(const Node& node, const std::vector<std::string>& segments,
                                 std::size_t at, std::vector<std::string>& values) {
    if (at == segments.size() && node.has_routes()) {
        return &node;
    }
    if (at < segments.size()) {
        if (const auto literal = node.literals.find(segments[at]); literal != node.literals.end()) {
            if (const Node* found = find(*literal->second, segments, at + 1, values)) {
                return found;
            }
        }
        if (node.parameter && !segments[at].empty()) {
            values.push_back(segments[at]);
            if (const Node* found = find(*node.parameter, segments, at + 1, values)) {
                return found;
            }
            values.pop_back();
        }
    }
    if (node.rest) {
        std::string rest;
        for (std::size_t i = at; i < segments.size(); ++i) {
            rest += i == at ? "" : "/";
            rest += segments[i];
        }
        values.push_back(std::move(rest));
        return node.rest.get();
    }
    return nullptr;
}

RouteMatch Router::match(Method method, const std::vector<std::string>& segments) const {
    RouteMatch match;
    const Node* node = find(*root_, segments, 0, match.values);
    if (node == nullptr) {
        return match;
    }
    match.route = node->route(method);
    if (match.route == nullptr && method == Method::head) {
        match.route = node->route(Method::get);
    }
    if (match.route == nullptr) {
        for (std::size_t i = 0; i < method_count; ++i) {
            const auto candidate = static_cast<Method>(i);
            const bool served = node->route(candidate) != nullptr ||
                                (candidate == Method::head && node->route(Method::get) != nullptr);
            if (served) {
                match.allow += match.allow.empty() ? "" : ", ";
                match.allow += method_name(candidate);
            }
        }
    }
    return match;
}

}  // namespace aftermile::surface
