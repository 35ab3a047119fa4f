// The bodies of the three doors of intake, read into inputs of the model: one object, an array, or
// one object a line. What is wrong with one element never spoils the others.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/catalog.hpp"
#include "model/inputs.hpp"
#include "model/scan.hpp"
#include "surface/http/message.hpp"

namespace aftermile::surface {

enum class BodyForm : unsigned char { json, lines };

inline constexpr std::size_t elements_max = 10'000;

// An element, or (with problems) why it is refused. Pointers start at the element.
template <class Input>
struct Read {
    Input input{};
    std::vector<FieldProblem> problems;
};

template <class Input>
struct Body {
    bool single = false;  // one object, not a list of one
    std::vector<Read<Input>> elements;
};

// `application/json` (also when none is named) or `application/x-ndjson`; code `media_type`.
[[nodiscard]] base::Result<BodyForm> body_form(std::string_view content_type);

// Codes: malformed_json, bad_utf8, too_many_elements. `body` may be grown, never changed.
[[nodiscard]] base::Result<Body<model::OrderInput>> read_orders(std::string& body, BodyForm form);
[[nodiscard]] base::Result<Body<model::ShipmentInput>> read_shipments(std::string& body,
                                                                      BodyForm form);
// Scans come with milestone, exception and flags read from the catalog's status tables.
[[nodiscard]] base::Result<Body<model::Scan>> read_tracking_events(std::string& body, BodyForm form,
                                                                   const model::Catalog& catalog);

}  // namespace aftermile::surface
