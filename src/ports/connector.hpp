// The interface of every connector that receives: bytes in, normalised input out. Pure: a codec
// has no I/O, no clock and no state; the shared transport moves bytes, the engine decides.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "model/inputs.hpp"
#include "model/scan.hpp"

namespace aftermile::ports {

struct WebhookHeaders {
    std::vector<std::pair<std::string, std::string>> all;  // names lower case
    [[nodiscard]] std::string_view get(std::string_view lower_case_name) const {
        for (const auto& [name, value] : all) {
            if (name == lower_case_name) {
                return value;
            }
        }
        return {};
    }
};

// What a raw body meant. `ignored` says why nothing follows (an event kind we do not act on).
struct Parsed {
    std::vector<std::variant<model::Scan, model::OrderInput, model::ShipmentInput>> inputs;
    std::vector<std::string> unknown_codes;  // "carrier/code": shown as mapping tasks
    std::vector<std::string> skipped;        // parts of the body left out, each with its reason
    std::string ignored;
};

class Connector {
  public:
    virtual ~Connector() = default;
    [[nodiscard]] virtual std::string_view id() const = 0;  // easypost, shopify
    // Verifies the signature over the raw bytes with any of the active secrets, in constant time.
    [[nodiscard]] virtual base::Result<void> authenticate(
        const WebhookHeaders& headers, std::string_view body,
        const std::vector<std::string>& secrets) const = 0;
    // Scans come with milestone, exception and flags read from the catalog's status tables.
    [[nodiscard]] virtual base::Result<Parsed> parse(const WebhookHeaders& headers,
                                                     std::string_view body,
                                                     const model::Catalog& catalog) const = 0;
};

using model::StatusMeaning;

}  // namespace aftermile::ports
