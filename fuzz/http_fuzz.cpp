// Any bytes as the head of a request, as a chunked body, as a target and as a form: read or refused
// with a status and a reason, and what is read stays within what was sent.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "surface/http/head_parser.hpp"
#include "surface/http/target.hpp"

using namespace aftermile;

namespace {

bool within(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_target(std::string_view text) {
    surface::Target target;
    if (!surface::parse_target(text, target)) {
        return;
    }
    base::check(target.path.starts_with('/'), "a path begins with a slash");
    base::check(target.segments.size() <= 256 && target.query.size() <= 256, "within its limits");
    for (const std::string& segment : target.segments) {
        base::check(segment != "." && segment != "..", "no segment climbs");
    }
}

// In pieces as they come from the network, so that the state between them is fuzzed too.
void check_chunks(surface::HeadParser& parser, std::string_view rest, std::size_t piece) {
    constexpr std::size_t body_max = 1'000;
    std::string body;
    std::string waiting;
    while (!rest.empty()) {
        waiting += rest.substr(0, piece);
        rest.remove_prefix(std::min(piece, rest.size()));
        const auto taken = parser.take_chunks(waiting, body, body_max);
        if (!taken) {
            base::check(taken.error().status >= 400, "a refusal has a status");
            return;
        }
        base::check(taken->consumed <= waiting.size() && body.size() <= body_max, "within limits");
        if (taken->done) {
            return;
        }
        waiting.erase(0, taken->consumed);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_target(text);
    std::vector<std::pair<std::string, std::string>> fields;
    static_cast<void>(surface::parse_form(text, fields));

    const std::size_t blank = text.find("\r\n\r\n");
    if (blank == std::string_view::npos) {
        return 0;
    }
    const std::string_view bytes = text.substr(0, blank + 4);
    surface::HeadParser parser;
    std::vector<surface::HeaderView> headers;
    const auto head = parser.parse(bytes, headers);
    if (!head) {
        base::check(head.error().status >= 400 && !head.error().code.empty(), "a reason is given");
        return 0;
    }
    base::check(within(head->method, bytes) && within(head->target, bytes), "views of the bytes");
    base::check(!(head->chunked && head->content_length > 0), "a body has one length");
    for (const surface::HeaderView& header : headers) {
        base::check(within(header.name, bytes) && within(header.value, bytes),
                    "views of the bytes");
        base::check(header.value.find_first_of("\r\n") == std::string_view::npos, "one line each");
    }
    check_target(head->target);
    if (head->chunked) {
        check_chunks(parser, text.substr(blank + 4), 1 + size % 7);
    }
    return 0;
}
