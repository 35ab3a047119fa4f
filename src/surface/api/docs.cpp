// The description of the API as JSON, and as a page that loads nothing from anywhere else.
#include "base/check.hpp"
#include "base/embedded.hpp"
#include "surface/api/api.hpp"
#include "surface/api/yaml.hpp"

namespace aftermile::surface {

void add_docs_routes(Router& router, Context&) {
    const auto* yaml = base::find_embedded("openapi/aftermile.yaml");
    auto json = std::make_shared<std::string>();
    if (yaml != nullptr) {
        auto converted = yaml_to_json(yaml->bytes);
        base::check(converted.has_value(), "openapi/aftermile.yaml is in the subset that is read");
        *json = std::move(*converted);
    }
    router.add(Method::get, "/v1/openapi.json", {}, [json](Request&, Responder responder) {
        Reply reply;
        reply.content_type = "application/json";
        reply.static_body = *json;  // lives as long as the router
        responder.send(std::move(reply));
    });
    const auto add_file = [&](std::string path, std::string_view file, std::string type) {
        router.add(Method::get, std::move(path), {},
                   [file, type = std::move(type)](Request&, Responder responder) {
                       const auto* found = base::find_embedded(file);
                       if (found == nullptr) {
                           responder.send_problem(404, "not_found", "This page was not built in.");
                           return;
                       }
                       Reply reply;
                       reply.content_type = type;
                       reply.static_body = found->bytes;
                       reply.headers.emplace_back(
                           "Content-Security-Policy",
                           "default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
                           "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
                       responder.send(std::move(reply));
                   });
    };
    add_file("/docs", "src/surface/pages/docs.html", "text/html; charset=utf-8");
    add_file("/docs/docs.js", "src/surface/pages/docs.js", "text/javascript; charset=utf-8");
    add_file("/docs/docs.css", "src/surface/pages/docs.css", "text/css; charset=utf-8");
}

}  // namespace aftermile::surface
