#include "bench/webhooks/bodies.hpp"

#include <array>
#include <utility>

#include "base/crypto.hpp"
#include "base/text.hpp"

namespace aftermile::bench {

namespace {

struct Words {
    std::string_view ours, status, detail, message;
};
// EasyPost's words for what the workload tells; the exceptions first, as they are the news.
constexpr auto all_words = std::to_array<Words>(
    {{"address_problem", "failure", "address_correction", "The Address Is Being Corrected"},
     {"damaged", "failure", "damaged", "The Contents Were Found Damaged and Are Repacked"},
     {"delayed_by_carrier", "in_transit", "delayed", "Delayed; a New Date Will Be Given"},
     {"info_received", "pre_transit", "label_created", "Shipping Label Created, Awaiting Item"},
     {"accepted", "in_transit", "received_at_origin_facility", "Accepted at Origin Facility"},
     {"in_transit", "in_transit", "arrived_at_facility", "Arrived at Regional Facility"},
     {"out_for_delivery", "out_for_delivery", "out_for_delivery", "Out for Delivery"},
     {"available_for_pickup", "available_for_pickup", "arrived_at_pickup_location",
      "Available for Pickup"},
     {"delivered", "delivered", "arrived_at_destination", "Delivered, Front Door/Porch"}});

const Words& words_of(const News& news) {
    const std::string_view wanted = news.exception.empty() ? news.milestone : news.exception;
    for (const Words& words : all_words) {
        if (words.ours == wanted) {
            return words;
        }
    }
    return all_words[5];
}

std::string_view easypost_name(std::string_view carrier) {
    return carrier == "ups" ? "UPS" : carrier == "fedex" ? "FedEx" : "USPS";
}

}  // namespace

WebhookBodies::WebhookBodies(Workload& workload, std::string endpoint, bool histories,
                             std::uint64_t seed)
    : workload_(workload),
      path_("/v1/webhooks/easypost/" + std::move(endpoint)),
      histories_(histories),
      generator_(seed) {}

void WebhookBodies::write_news(std::string& body) {
    const News news = workload_.next_news();
    const Words& words = words_of(news);
    const std::string_view carrier = easypost_name(news.carrier);
    const std::string at = base::to_text(std::chrono::floor<std::chrono::seconds>(news.at));
    detail_.clear();
    add_tracking_detail(detail_, {words.message, words.status, words.detail, at, carrier, "RENO",
                                  "NV", "US", "89502"});
    add_tracker_event(body, {number_++, carrier, news.tracking_number, words.status, words.detail,
                             at, 423, detail_});
}

void WebhookBodies::next(Request& request) {
    std::uint32_t scans = 1;
    if (histories_) {
        request.body = generator_.body(number_++, scans);
    } else {
        write_news(request.body);
    }
    request.tag = static_cast<int>(scans);
    request.path = path_;
    request.headers = "Content-Type: application/json\r\nX-Hmac-Signature: hmac-sha256-hex=" +
                      base::to_hex(base::hmac_sha256(webhook_secret, request.body)) + "\r\n";
}

}  // namespace aftermile::bench
