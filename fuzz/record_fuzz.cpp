// Any bytes as a stored event, its trace or a record: decoded or refused. What is decoded is
// written in one way: written again it is the same bytes.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "base/record.hpp"
#include "model/event.hpp"
#include "model/incident.hpp"
#include "model/records.hpp"
#include "model/trace.hpp"

using namespace aftermile;

namespace {

template <class R>
void check_record(std::string_view bytes) {
    const auto record = base::decode<R>(bytes);
    if (!record) {
        base::check(!record.error().code.empty(), "a refusal has a code");
        return;
    }
    const std::string once = base::encode(*record);
    const auto again = base::decode<R>(once);
    base::check(again.has_value(), "what was written can be read");
    base::check(base::encode(*again) == once, "a record reads back as itself");
}

void check_payload(std::string_view bytes) {
    const auto payload = model::decode_payload(bytes);
    if (!payload) {
        return;
    }
    const std::string once = model::encode_payload(*payload);
    const auto again = model::decode_payload(once);
    base::check(again && model::encode_payload(*again) == once, "an event reads back as itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 5) {
        case 0:
            check_payload(bytes);
            break;
        case 1:
            check_record<model::Trace>(bytes);
            break;
        case 2:
            check_record<model::Shipment>(bytes);
            break;
        case 3:
            check_record<model::Incident>(bytes);
            break;
        default:
            check_record<model::Order>(bytes);
    }
    return 0;
}
