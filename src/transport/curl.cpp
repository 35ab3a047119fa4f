#include "transport/curl.hpp"

#include <algorithm>

namespace aftermile::transport {

Easy make_easy() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    return Easy{ready == CURLE_OK ? curl_easy_init() : nullptr};
}

bool is_header_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7F;
    });
}

bool is_header_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

}  // namespace aftermile::transport
