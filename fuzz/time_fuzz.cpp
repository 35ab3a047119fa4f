// Any bytes are a time that its own text gives again, or refused.
#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "base/instant.hpp"

using namespace aftermile::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto written = parse_time(text);
    const auto at = parse_instant(text);
    const auto day = parse_day(text);
    check(!at || written, "an instant is a written time");
    check(!day || (written && written->date_only), "a day is a written time without a time");
    if (!written) {
        check(written.error().code == "bad_time", "there is one way to refuse");
        return 0;
    }
    const auto local = parse_time(to_text(written->local));
    check(local && local->local == written->local, "a local time reads back");
    if (at && text.substr(0, 4) != "1900" && text.substr(0, 4) != "9999") {
        const auto again = parse_instant(to_text(*at));
        check(again && *again == *at, "an instant reads back");
    }
    if (day) {
        const auto again = parse_day(to_text(*day));
        check(again && *again == *day, "a day reads back");
    }
    return 0;
}
