// Any bytes are a tracker's scans, ignored with a reason, or refused; what comes out keeps the
// limits that the rest relies on, and an unknown code never claims a milestone.
#include <cstdint>
#include <string_view>
#include <variant>

#include "base/check.hpp"
#include "base/text.hpp"
#include "connectors/registry.hpp"
#include "engine/catalog_load.hpp"

using namespace aftermile;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const model::Catalog catalog =
        engine::load_catalog(engine::embedded_catalog_files()).value();
    static const ports::Connector* const connector = connectors::find("easypost");
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    ports::WebhookHeaders headers;
    headers.all = {{"x-hmac-signature", std::string(body.substr(0, 80))}};
    base::check(!connector->authenticate(headers, body, {"secret"}), "no signature is guessed");
    const auto parsed = connector->parse(headers, body, catalog);
    if (!parsed) {
        base::check(!parsed.error().code.empty(), "a refusal has a code");
        return 0;
    }
    base::check(!parsed->inputs.empty() || !parsed->ignored.empty(), "nothing comes of a reason");
    for (const auto& input : parsed->inputs) {
        const auto& scan = std::get<model::Scan>(input);
        base::check(!scan.tracking_number.empty(), "a scan has a tracking number");
        base::check(scan.description.size() <= 500, "a description is short");
        base::check(base::is_utf8(scan.description), "a description is text");
        base::check((scan.flags & model::scan_flag::unknown_code) == 0 || !scan.milestone,
                    "an unknown code claims no milestone");
    }
    return 0;
}
