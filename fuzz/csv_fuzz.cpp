// Reading any bytes ends, and what was read, written again, reads the same but for the
// apostrophes that keep formulas from running.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "base/csv.hpp"

using namespace aftermile::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const char delimiter = guess_delimiter(text);
    CsvReader reader(text, delimiter);
    std::vector<std::string> record;
    std::size_t line = 0;
    for (std::size_t steps = 0;; ++steps) {
        check(steps <= text.size() + 1, "every step takes at least one byte");
        const auto more = reader.next(record);
        if (!more) {
            continue;
        }
        if (!*more) {
            break;
        }
        check(reader.line() > line, "records begin on later and later lines");
        line = reader.line();
        std::string out;
        CsvWriter writer(out, delimiter);
        writer.text("x");
        for (const std::string& field : record) {
            writer.text(field);
        }
        writer.end_record();
        CsvReader again(out, delimiter, {.fields_max = 2048, .field_bytes_max = 1U << 20});
        std::vector<std::string> read;
        const auto found = again.next(read);
        check(found && *found && read.size() == record.size() + 1, "a record reads back");
        for (std::size_t i = 0; i < record.size(); ++i) {
            check(read[i + 1] == record[i] || read[i + 1] == "'" + record[i], "a field reads back");
        }
    }
    return 0;
}
