// The console's built files, from inside the program.
#include <array>
#include <string>

#include "base/embedded.hpp"
#include "surface/api/api.hpp"

namespace aftermile::surface {
namespace {

constexpr std::string_view root = "web/dist/";

std::string_view type_of(std::string_view path) {
    struct Known {
        std::string_view suffix, type;
    };
    constexpr auto known = std::to_array<Known>({{".html", "text/html; charset=utf-8"},
                                                 {".js", "text/javascript; charset=utf-8"},
                                                 {".css", "text/css; charset=utf-8"},
                                                 {".svg", "image/svg+xml"},
                                                 {".png", "image/png"},
                                                 {".ico", "image/x-icon"},
                                                 {".woff2", "font/woff2"},
                                                 {".json", "application/json"},
                                                 {".map", "application/json"}});
    for (const Known& each : known) {
        if (path.ends_with(each.suffix)) {
            return each.type;
        }
    }
    return "application/octet-stream";
}

bool accepts_gzip(const Request& request) {
    return request.header("accept-encoding").value_or("").find("gzip") != std::string_view::npos;
}

constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

void send_file(const Request& request, Responder responder, const std::string& path,
               bool immutable) {
    const auto* plain = base::find_embedded(path);
    const auto* packed = accepts_gzip(request) ? base::find_embedded(path + ".gz") : nullptr;
    const auto* file = packed == nullptr ? plain : packed;
    if (file == nullptr) {
        responder.send(text_reply(404, "There is nothing at this address.\n"));
        return;
    }
    Reply reply;
    const std::string etag = "\"" + std::string(file->etag) + "\"";
    reply.headers.emplace_back("ETag", etag);
    reply.headers.emplace_back("Vary", "Accept-Encoding");
    reply.headers.emplace_back("Cache-Control",
                               immutable ? "public, max-age=31536000, immutable" : "no-cache");
    reply.headers.emplace_back("Content-Security-Policy", std::string(policy));
    if (request.header("if-none-match").value_or("") == etag) {
        reply.status = 304;
        responder.send(std::move(reply));
        return;
    }
    reply.content_type = type_of(path);
    reply.static_body = file->bytes;
    if (packed != nullptr) {
        reply.headers.emplace_back("Content-Encoding", "gzip");
    }
    responder.send(std::move(reply));
}

bool exists(const std::string& path) {
    return base::find_embedded(path) != nullptr || base::find_embedded(path + ".gz") != nullptr;
}

}  // namespace

void add_console_routes(Router& router) {
    router.add(Method::get, "/console/{file...}", {}, [](Request& request, Responder responder) {
        std::string path = std::string(root) + std::string(request.parameter("file"));
        const bool named = path != root && exists(path);
        // Names under assets/ carry a hash of their content; every other address is the
        // application's own and gets its first page.
        if (path.starts_with(std::string(root) + "assets/") && !named) {
            responder.send(text_reply(404, "There is nothing at this address.\n"));
            return;
        }
        const bool hashed = named && path.starts_with(std::string(root) + "assets/");
        send_file(request, std::move(responder), named ? path : std::string(root) + "index.html",
                  hashed);
    });
    router.add(Method::get, "/", {}, [](Request&, Responder responder) {
        Reply reply = text_reply(302, "");
        reply.headers.emplace_back("Location", "/console/");
        responder.send(std::move(reply));
    });
}

}  // namespace aftermile::surface
