#include "model/event.hpp"

#include <array>

namespace aftermile::model {

namespace {

// By alternative of Payload.
constexpr auto payload_names = std::to_array<std::string_view>(
    {"order", "shipment", "tracking_event", "report", "timer_fired", "dispatched",
     "incident_action", "ticket_action", "claim_action", "policy_published", "mode_switched",
     "channel_switched"});
static_assert(payload_names.size() == std::variant_size_v<Payload>);

template <std::size_t I = 0>
base::Result<void> decode_alternative(std::size_t index, std::string_view bytes, Payload& payload) {
    if constexpr (I < std::variant_size_v<Payload>) {
        return index == I ? base::decode_into(bytes, payload.emplace<I>())
                          : decode_alternative<I + 1>(index, bytes, payload);
    } else {
        return base::fail("corrupt_record", "A stored event is of no known kind.", {},
                          base::Family::internal);
    }
}

}  // namespace

std::string_view payload_name(const Payload& payload) { return payload_names[payload.index()]; }

std::string encode_payload(const Payload& payload) {
    std::string out;
    out.push_back(static_cast<char>(payload.index()));
    std::visit([&](const auto& record) { base::RecordWriter(out).put(record); }, payload);
    return out;
}

base::Result<void> decode_payload(std::string_view bytes, Payload& payload) {
    if (bytes.empty()) {
        return base::fail("corrupt_record", "A stored event is empty.", {}, base::Family::internal);
    }
    return decode_alternative(static_cast<unsigned char>(bytes.front()), bytes.substr(1), payload);
}

base::Result<Payload> decode_payload(std::string_view bytes) {
    base::Result<Payload> payload;
    if (auto done = decode_payload(bytes, *payload); !done) {
        payload = std::unexpected(std::move(done.error()));
    }
    return payload;
}

}  // namespace aftermile::model
