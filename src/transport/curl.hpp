// libcurl's C interface with owners (internal to this room).
#pragma once

#include <curl/curl.h>
#include <memory>
#include <string>
#include <string_view>

namespace aftermile::transport {

struct EasyEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MimeEnd {
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

using Easy = std::unique_ptr<CURL, EasyEnd>;
using Mime = std::unique_ptr<curl_mime, MimeEnd>;

// Initialises the library once for the process (curl_global_init is thread-safe from 7.84).
[[nodiscard]] Easy make_easy();

class List {
  public:
    void add(const std::string& line) {
        if (curl_slist* grown = curl_slist_append(list_.get(), line.c_str()); grown != nullptr) {
            static_cast<void>(list_.release());
            list_.reset(grown);
        }
    }
    [[nodiscard]] curl_slist* get() const { return list_.get(); }

  private:
    std::unique_ptr<curl_slist, ListEnd> list_;
};

// No control characters at all: nothing that could begin a header of its own.
[[nodiscard]] bool is_header_value(std::string_view text);
[[nodiscard]] bool is_header_name(std::string_view text);

}  // namespace aftermile::transport
