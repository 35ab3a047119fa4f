#include "surface/api/ingest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "engine/intake.hpp"
#include "surface/api/bodies.hpp"
#include "surface/api/idempotency.hpp"

namespace aftermile::surface {
namespace {

using engine::Receipt;
using engine::ReceiptKind;

constexpr std::size_t body_max = std::size_t{16} << 20;

// The receipts of one request, gathered from the submissions that it was cut into.
struct Gathering {
    Receipts receipts;
    std::atomic<std::size_t> waiting{1};  // one for the thread that submits
    std::function<void(Receipts)> done;

    void finished() {
        if (waiting.fetch_sub(1) == 1) {
            done(std::move(receipts));
        }
    }
};

void fill_retry(Gathering& gathering, const std::vector<std::size_t>& places,
                const base::Error& error) {
    for (const std::size_t place : places) {
        Receipt& receipt = gathering.receipts[place];
        receipt.kind = ReceiptKind::retry;
        receipt.error = error;
    }
}

void submit_piece(Context& context, model::MerchantNumber merchant,
                  const std::shared_ptr<Gathering>& gathering, const MakeRepeatable& repeatable,
                  std::vector<engine::Element> elements, std::vector<std::size_t> places) {
    gathering->waiting.fetch_add(1);
    engine::Submission submission;
    submission.merchant = merchant;
    submission.elements = std::move(elements);
    if (repeatable) {
        submission.repeatable = repeatable(gathering->receipts, places);
    }
    const auto shared_places = std::make_shared<std::vector<std::size_t>>(std::move(places));
    submission.reply = [gathering, shared_places](Receipts receipts) {
        for (std::size_t i = 0; i < receipts.size() && i < shared_places->size(); ++i) {
            gathering->receipts[(*shared_places)[i]] = std::move(receipts[i]);
        }
        gathering->finished();
    };
    if (auto taken = context.engine.submit(std::move(submission)); !taken) {
        fill_retry(*gathering, *shared_places, taken.error());
        gathering->finished();
    }
}

// ---- replies ----

void send_single_refused(Call& call, const std::vector<FieldProblem>& problems) {
    const std::string detail =
        problems.size() == 1
            ? fmt::format("{}{}{}", problems[0].pointer, problems[0].pointer.empty() ? "" : ": ",
                          problems[0].detail)
            : fmt::format("{} fields are wrong.", problems.size());
    call.send_problem(422, "invalid", detail, problems);
}

Reply reply_of(std::string_view request_id, bool single, const Receipts& receipts) {
    if (const auto error = nothing_kept(receipts)) {
        return error_reply(request_id, *error);
    }
    if (single && receipts.size() == 1 && receipts[0].kind == ReceiptKind::rejected &&
        receipts[0].error) {
        const base::Error& error = *receipts[0].error;
        return problem_reply(request_id, 422, error.code, error.detail,
                             {{error.pointer, error.code, error.detail}});
    }
    return json_reply(200, accepted_json(request_id, receipts));
}

template <class Input>
using BodyReader = std::function<base::Result<Body<Input>>(std::string&, BodyForm)>;
template <class Input>
using Taker = std::function<base::Result<engine::Element>(Input&, const engine::IntakeContext&,
                                                          base::Problems&)>;

template <class Input>
std::vector<Entrance> take_elements(Context& context, model::MerchantNumber merchant,
                                    Body<Input>& body, const Taker<Input>& take) {
    engine::IntakeContext intake;
    intake.secret = context.engine.messages().secret;
    intake.merchant = merchant;
    intake.now = context.engine.now();
    intake.catalog = &context.catalog();
    std::vector<Entrance> entrances;
    entrances.reserve(body.elements.size());
    base::Problems problems;
    for (auto& read : body.elements) {
        Entrance& entrance = entrances.emplace_back();
        if (!read.problems.empty()) {
            entrance.problems = std::move(read.problems);
            continue;
        }
        problems.clear();
        auto element = take(read.input, intake, problems);
        if (element) {
            entrance.element = std::move(*element);
            continue;
        }
        for (const base::Error& problem : problems) {
            entrance.problems.push_back({problem.pointer, problem.code, problem.detail});
        }
        if (problems.empty()) {
            const base::Error& error = element.error();
            entrance.problems.push_back({error.pointer, error.code, error.detail});
        }
    }
    return entrances;
}

// Answers the call with the receipts. With a key on a job's thread, because a reply that nothing is
// committed with has to be written by itself.
void run(Context& context, Call call, bool single, std::vector<Entrance> entrances,
         const IdempotencyKey& key) {
    const model::MerchantNumber merchant = call.caller.merchant;
    auto kept = std::make_shared<Call>(std::move(call));
    const bool submits = std::ranges::any_of(
        entrances, [](const Entrance& entrance) { return entrance.element.has_value(); });
    MakeRepeatable repeatable;
    if (key.given()) {
        repeatable = [&](const Receipts& receipts, const std::vector<std::size_t>& places) {
            return key.repeatable(kept->responder.request_id(), receipts, places);
        };
    }
    submit_all(
        context, merchant, std::move(entrances),
        [&context, kept, single, key, submits](const Receipts& receipts) {
            Reply reply = reply_of(kept->responder.request_id(), single, receipts);
            if (key.given()) {
                if (!submits) {
                    context.idempotency->keep(key, reply);
                }
                context.idempotency->end(key);
            }
            kept->send(std::move(reply));
        },
        repeatable);
}

// With a key: the stored reply, or the work, once.
void run_once(Context& context, Call call, bool single, std::vector<Entrance> entrances,
              IdempotencyKey key) {
    if (entrances.size() > engine::limits::submission_events) {
        call.send_problem(422, "too_many_elements",
                          fmt::format("With an Idempotency-Key at most {} elements come together.",
                                      engine::limits::submission_events));
        return;
    }
    auto kept = std::make_shared<Call>(std::move(call));
    auto held = std::make_shared<std::vector<Entrance>>(std::move(entrances));
    Jobs::Job job = [&context, kept, held, single, key = std::move(key)](ports::StoreReader&) {
        auto earlier = context.idempotency->begin(key);
        if (!earlier) {
            kept->send_error(earlier.error());
        } else if (earlier->reply) {
            kept->send(std::move(*earlier->reply));
        } else if (!earlier->receipts.empty()) {
            Reply reply = reply_of(earlier->request_id, single, earlier->receipts);
            mark_replayed(reply);
            context.idempotency->end(key);
            kept->send(std::move(reply));
        } else {
            run(context, std::move(*kept), single, std::move(*held), key);
        }
    };
    if (!context.jobs->push(std::move(job))) {
        kept->send_problem(503, "busy", "Too many requests wait. Send it again in a moment.");
    }
}

template <class Input>
void ingest(Context& context, Call call, const BodyReader<Input>& read, const Taker<Input>& take) {
    Request& request = *call.request;
    const auto form = body_form(request.header("content-type").value_or(""));
    if (!form) {
        call.send_error(form.error());
        return;
    }
    auto key = key_of(request, call.caller.merchant);
    if (!key) {
        call.send_error(key.error());
        return;
    }
    auto body = read(request.body, *form);
    if (!body) {
        call.send_error(body.error());
        return;
    }
    auto entrances = take_elements<Input>(context, call.caller.merchant, *body, take);
    if (body->single && !entrances[0].problems.empty()) {
        send_single_refused(call, entrances[0].problems);
    } else if (key->given()) {
        run_once(context, std::move(call), body->single, std::move(entrances), std::move(*key));
    } else {
        run(context, std::move(call), body->single, std::move(entrances), {});
    }
}

}  // namespace

void submit_all(Context& context, model::MerchantNumber merchant, std::vector<Entrance> entrances,
                std::function<void(Receipts)> done, const MakeRepeatable& repeatable) {
    auto gathering = std::make_shared<Gathering>();
    gathering->receipts.resize(entrances.size());
    gathering->done = std::move(done);
    std::vector<engine::Element> elements;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < entrances.size(); ++i) {
        Entrance& entrance = entrances[i];
        if (!entrance.element) {
            Receipt& receipt = gathering->receipts[i];
            receipt.kind = ReceiptKind::rejected;
            const FieldProblem& first = entrance.problems.front();
            receipt.error = base::Error{
                first.code,
                first.pointer.empty() ? first.detail : first.pointer + ": " + first.detail,
                first.pointer, base::Family::rejected};
            continue;
        }
        elements.push_back(std::move(*entrance.element));
        places.push_back(i);
        if (elements.size() == engine::limits::submission_events) {
            submit_piece(context, merchant, gathering, repeatable, std::exchange(elements, {}),
                         std::exchange(places, {}));
        }
    }
    if (!elements.empty()) {
        submit_piece(context, merchant, gathering, repeatable, std::move(elements),
                     std::move(places));
    }
    gathering->finished();
}

std::string accepted_json(std::string_view request_id, const Receipts& receipts) {
    std::size_t accepted = 0;
    std::size_t duplicates = 0;
    for (const Receipt& receipt : receipts) {
        accepted += receipt.kind == ReceiptKind::accepted ? 1U : 0U;
        duplicates += receipt.kind == ReceiptKind::duplicate ? 1U : 0U;
    }
    std::string out;
    out.reserve(64 + receipts.size() * 40);
    base::JsonWriter writer(out);
    writer.begin_object();
    writer.key("accepted");
    writer.natural(accepted);
    writer.key("duplicates");
    writer.natural(duplicates);
    writer.key("parked");
    writer.begin_array();
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        const Receipt& receipt = receipts[i];
        if (receipt.kind == ReceiptKind::accepted || receipt.kind == ReceiptKind::duplicate) {
            continue;
        }
        const base::Error nothing{
            "retry", "Nothing was kept; send it again.", {}, base::Family::rejected};
        const base::Error error = told(request_id, receipt.error.value_or(nothing));
        writer.begin_object();
        writer.key("index");
        writer.natural(i);
        writer.key("code");
        writer.text(error.code);
        writer.key("detail");
        writer.text(error.detail);
        writer.end_object();
    }
    writer.end_array();
    writer.key("data");
    writer.begin_array();
    for (const Receipt& receipt : receipts) {
        const bool kept =
            receipt.kind == ReceiptKind::accepted || receipt.kind == ReceiptKind::duplicate;
        if (!kept || receipt.id.empty()) {
            continue;
        }
        writer.begin_object();
        writer.key("id");
        writer.text(receipt.id);
        if (!receipt.reference.empty()) {
            writer.key("reference");
            writer.text(receipt.reference);
        }
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return out;
}

std::optional<base::Error> nothing_kept(const Receipts& receipts) {
    std::optional<base::Error> error;
    for (const Receipt& receipt : receipts) {
        if (receipt.kind != ReceiptKind::retry && receipt.kind != ReceiptKind::rejected) {
            return std::nullopt;
        }
        if (receipt.kind == ReceiptKind::retry && !error) {
            error = receipt.error.value_or(base::Error{"storage_unavailable",
                                                       "Nothing was stored. Send it again.",
                                                       {},
                                                       base::Family::retry});
        }
    }
    return error;
}

void add_ingest_routes(Router& router, Context& context) {
    add_operation(router, context, {Method::post, "/v1/orders", scope::ingest, {}, body_max},
                  [&context](Call call) {
                      ingest<model::OrderInput>(context, std::move(call), read_orders,
                                                engine::intake_order);
                  });
    add_operation(router, context, {Method::post, "/v1/shipments", scope::ingest, {}, body_max},
                  [&context](Call call) {
                      ingest<model::ShipmentInput>(context, std::move(call), read_shipments,
                                                   engine::intake_shipment);
                  });
    add_operation(router, context,
                  {Method::post, "/v1/tracking-events", scope::ingest, {}, body_max},
                  [&context](Call call) {
                      ingest<model::Scan>(
                          context, std::move(call),
                          [&context](std::string& body, BodyForm form) {
                              return read_tracking_events(body, form, context.catalog());
                          },
                          [](model::Scan& scan, const engine::IntakeContext& intake,
                             base::Problems& problems) {
                              return engine::intake_scan(std::move(scan), intake, problems);
                          });
                  });
}

}  // namespace aftermile::surface
