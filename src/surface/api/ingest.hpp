// What comes in: orders, shipments and tracking events as one object, an array or one object a
// line, answered after the commit; reports; and the way from elements to receipts for all doors.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "surface/api/context.hpp"

namespace aftermile::surface {

// An element on its way into the engine, or why it does not go.
struct Entrance {
    std::optional<engine::Element> element;
    std::vector<FieldProblem> problems;
};

// Submits what goes in, in pieces that the engine takes, and calls `done` once with a receipt for
// each entrance, in order: those refused here have kind rejected and the first problem as error.
// `done` runs on this thread or one of the engine's and must not wait. `repeatable`, of the
// receipts of all entrances and the places of those that go in, wants them to be one piece.
using Receipts = std::vector<engine::Receipt>;
using MakeRepeatable =
    std::function<engine::Repeatable(const Receipts&, const std::vector<std::size_t>&)>;
void submit_all(Context& context, model::MerchantNumber merchant, std::vector<Entrance> entrances,
                std::function<void(Receipts)> done, const MakeRepeatable& repeatable = {});

// {"accepted", "duplicates", "parked", "data"}.
[[nodiscard]] std::string accepted_json(std::string_view request_id, const Receipts& receipts);
// Nothing was kept of any of them: the refusal to answer with.
[[nodiscard]] std::optional<base::Error> nothing_kept(const Receipts& receipts);

void add_ingest_routes(Router& router, Context& context);

}  // namespace aftermile::surface
