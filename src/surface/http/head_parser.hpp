// Parses the header of one request, and chunked bodies, strictly. What could be read in two ways
// by two servers in a row (request smuggling) is refused. Internal to the server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "surface/http/message.hpp"

namespace aftermile::surface {

// Why a request is not served.
struct Refusal {
    int status = 400;
    std::string code;
    std::string detail;
};

struct Head {
    std::string_view method;
    std::string_view target;
    bool is_http11 = true;
    bool keep_alive = true;
    bool chunked = false;
    bool expects_continue = false;
    std::uint64_t content_length = 0;

    [[nodiscard]] bool has_body() const { return chunked || content_length > 0; }
};

struct ChunkProgress {
    std::size_t consumed = 0;
    bool done = false;
};

class HeadParser {
  public:
    HeadParser();
    ~HeadParser();
    HeadParser(const HeadParser&) = delete;
    HeadParser& operator=(const HeadParser&) = delete;

    // `bytes` is a whole header with its empty line. The views in the result and in `headers`
    // point into `bytes`.
    [[nodiscard]] std::expected<Head, Refusal> parse(std::string_view bytes,
                                                     std::vector<HeaderView>& headers);
    // After a chunked head: takes what it can and appends the content to `body`, at most
    // `body_max` bytes in all (else 413). Trailers are checked and thrown away.
    [[nodiscard]] std::expected<ChunkProgress, Refusal> take_chunks(std::string_view bytes,
                                                                    std::string& body,
                                                                    std::size_t body_max);

  private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

[[nodiscard]] Refusal body_too_large(std::size_t body_max);

}  // namespace aftermile::surface
