// What decides: policies, shadow or live, channels, and the test clock.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/policy_load.hpp"
#include "ports/rows.hpp"
#include "surface/api/actions.hpp"
#include "surface/api/api.hpp"
#include "surface/api/lists.hpp"
#include "surface/api/streams.hpp"

namespace aftermile::surface {
namespace {

using base::Problems;
using Made = base::Result<engine::Element>;

engine::Element element_of(model::Payload payload) {
    engine::Element element;
    element.payload = std::move(payload);
    return element;
}

// The merchant as events left it; before any event, as it was created.
base::Result<model::Merchant> read_state(ReadCall& call) {
    auto row = call.reader.get(ports::Table::merchants, call.caller.merchant, call.caller.merchant);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row) {
        return base::decode<model::Merchant>((*row)->body);
    }
    auto created = engine::read_merchant(call.context.engine.store().admin(), call.caller.merchant);
    if (!created) {
        return std::unexpected(created.error());
    }
    model::Merchant merchant;
    merchant.number = call.caller.merchant;
    merchant.modes.push_back({created->created_mode, created->created_at});
    return merchant;
}

// ---- policies ----

struct Published {
    std::uint32_t version = 1;
    std::optional<base::Instant> at;
    std::string by, note, toml;
};

// A version's row holds the document; version 1 is the default of the program.
base::Result<std::vector<Published>> read_versions(ReadCall& call) {
    ports::Query query;
    query.table = ports::Table::policies;
    query.merchant = call.caller.merchant;
    query.limit = 1'000;
    auto rows = call.reader.list(query);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    std::vector<Published> out;
    for (const ports::StoredRow& row : *rows) {
        const auto* version = std::get_if<std::int64_t>(&row.columns[0]);
        out.push_back({static_cast<std::uint32_t>(version == nullptr ? 0 : *version),
                       std::nullopt,
                       {},
                       {},
                       row.body});
    }
    if (out.empty() || out.back().version != 1) {
        out.push_back(
            {1, std::nullopt, "aftermile", {}, std::string(engine::default_policy_document())});
    }
    return out;
}

base::Result<base::Instant> created_at(ReadCall& call) {
    auto created = engine::read_merchant(call.context.engine.store().admin(), call.caller.merchant);
    if (!created) {
        return std::unexpected(created.error());
    }
    return created->created_at;
}

base::Result<std::string> write_policy(ReadCall& call, std::optional<std::uint32_t> wanted) {
    auto versions = read_versions(call);
    auto created = created_at(call);
    if (!versions || !created) {
        return std::unexpected(!versions ? versions.error() : created.error());
    }
    const std::uint32_t version = wanted.value_or(versions->front().version);
    const auto found = std::ranges::find(*versions, version, &Published::version);
    if (found == versions->end()) {
        return no_such("version of the policy");
    }
    std::string body;
    base::JsonWriter writer(body);
    writer.begin_object();
    writer.key("version");
    writer.natural(version);
    writer.key("id");
    writer.text("pol_" + base::id_digits(ports::version_id(call.caller.merchant, version)));
    writer.key("published_at");
    writer.text(base::to_text(found->at.value_or(*created)));
    writer.key("published_by");
    writer.text(found->by);
    writer.key("toml");
    writer.text(found->toml);
    writer.key("versions");
    writer.begin_array();
    for (const Published& each : *versions) {
        Out one(writer);
        one.natural("version", each.version);
        one.instant("published_at", each.at.value_or(*created));
        one.text("published_by", each.by);
    }
    writer.end_array();
    writer.end_object();
    return body;
}

base::Result<std::string> get_policy(ReadCall& call) {
    std::optional<std::uint32_t> version;
    if (const auto written = parameter(call, "version")) {
        const bool digits = written->size() <= 9 && std::ranges::all_of(*written, [](char c) {
                                return c >= '0' && c <= '9';
                            });
        if (!digits) {
            return base::fail("bad_parameter", "version is a number.", "version");
        }
        version = static_cast<std::uint32_t>(std::stoul(std::string(*written)));
    }
    return write_policy(call, version);
}

struct PolicyBody {
    std::string toml;
    std::optional<std::string> note;
    std::optional<std::uint32_t> base_version;
    static constexpr auto fields() {
        return base::fields(base::field("toml", &PolicyBody::toml),
                            base::field("note", &PolicyBody::note),
                            base::field("base_version", &PolicyBody::base_version));
    }
};

Made read_policy(ReadCall& call, const base::Json& json, Problems& problems) {
    PolicyBody body;
    base::require_fields(json, {"toml"}, problems);
    (void)base::read_json(json, body, problems);
    auto state = read_state(call);
    if (!state) {
        return std::unexpected(state.error());
    }
    const std::uint32_t in_force = state->policy_version;
    if (problems.empty() && body.base_version && *body.base_version != in_force) {
        return base::fail("version_conflict",
                          fmt::format("Version {} is in force by now. Read it, and publish yours "
                                      "again on top of it.",
                                      in_force),
                          "/base_version");
    }
    if (problems.empty()) {
        if (auto policy = engine::load_policy(body.toml, in_force + 1); !policy) {
            problems.push_back({policy.error().code, policy.error().detail, "/toml"});
        }
    }
    return element_of(model::PolicyPublished{in_force + 1, body.toml, call.caller.id});
}

// ---- mode and channels ----

base::Result<std::string> get_mode(ReadCall& call) {
    auto state = read_state(call);
    if (!state) {
        return std::unexpected(state.error());
    }
    std::string body;
    base::JsonWriter writer(body);
    writer.begin_object();
    writer.key("mode");
    writer.text(
        base::to_text(state->modes.empty() ? model::Mode::shadow : state->modes.back().mode));
    // The first mode holds from the beginning of time: imports are older than the merchant.
    if (!state->modes.empty() && state->modes.back().from > base::Instant{}) {
        writer.key("since");
        writer.text(base::to_text(state->modes.back().from));
    }
    ports::Query query;
    query.table = ports::Table::notifications;
    query.merchant = call.caller.merchant;
    query.filters = {is("state", static_cast<std::int64_t>(model::NotificationState::shadowed))};
    auto held = call.reader.count(query);
    if (!held) {
        return std::unexpected(held.error());
    }
    writer.key("held");
    writer.integer(*held);
    writer.end_object();
    return body;
}

struct ModeBody {
    model::Mode mode = model::Mode::shadow;
    static constexpr auto fields() { return base::fields(base::field("mode", &ModeBody::mode)); }
};

base::Result<std::int64_t> queued(ReadCall& call) {
    ports::Query query;
    query.table = ports::Table::outbox;
    query.merchant = call.caller.merchant;
    query.filters = {is("kind", std::string("mail"))};
    return call.reader.count(query);
}

Written write_channel(base::JsonWriter& writer, ReadCall& call, const model::Merchant& state,
                      model::Channel channel) {
    const auto paused = std::ranges::find(state.paused, channel, &model::PausedChannel::channel);
    Out out(writer);
    out.word("channel", channel);
    out.boolean("paused", paused != state.paused.end());
    if (paused != state.paused.end()) {
        out.instant("since", paused->since);
    }
    if (channel == model::Channel::email) {
        auto count = queued(call);
        if (!count) {
            return std::unexpected(count.error());
        }
        out.integer("queued", *count);
    }
    return {};
}

constexpr std::array channels{model::Channel::email, model::Channel::sms};

base::Result<std::string> list_channels(ReadCall& call) {
    auto state = read_state(call);
    if (!state) {
        return std::unexpected(state.error());
    }
    return page_of(call, channels.size(), [&](base::JsonWriter& writer, std::size_t i) {
        return write_channel(writer, call, *state, channels[i]);
    });
}

base::Result<model::Channel> channel_of(const ReadCall& call) {
    const auto channel = base::from_text<model::Channel>(call.request.parameter("channel"));
    if (!channel) {
        return no_such("channel");
    }
    return *channel;
}

void add_channel_switch(Router& router, Context& context, std::string_view name, bool paused) {
    add_action(
        router, context,
        {.pattern = fmt::format("/v1/channels/{{channel}}/{}", name), .scope = scope::configure},
        [paused](ReadCall& call, const base::Json&, Problems&) -> Made {
            auto channel = channel_of(call);
            if (!channel) {
                return std::unexpected(channel.error());
            }
            return element_of(model::ChannelSwitched{*channel, paused, call.caller.id});
        },
        [](ReadCall& call, const engine::Receipt&) -> base::Result<std::string> {
            auto state = read_state(call);
            auto channel = channel_of(call);
            if (!state || !channel) {
                return std::unexpected(!state ? state.error() : channel.error());
            }
            std::string body;
            base::JsonWriter writer(body);
            if (auto written = write_channel(writer, call, *state, *channel); !written) {
                return std::unexpected(written.error());
            }
            call.context.streams->tell(call.caller.merchant, "channel", base::to_text(*channel));
            return body;
        });
}

// ---- the test clock ----

std::string clock_json(Context& context, std::optional<std::uint64_t> steps,
                       std::optional<std::uint64_t> messages) {
    std::string body;
    base::JsonWriter writer(body);
    {
        Out out(writer);
        out.boolean("movable", context.options.test_clock);
        out.instant("now", context.engine.now());
        if (steps) {
            out.natural("steps", *steps);
        }
        if (messages) {
            out.natural("messages", *messages);
        }
    }
    return body;
}

struct ClockBody {
    base::Instant advance_to;
    static constexpr auto fields() {
        return base::fields(base::field("advance_to", &ClockBody::advance_to));
    }
};

// Advancing may take long and waits for the writer: it has a thread of its own.
void advance(Context& context, const std::shared_ptr<Call>& call, base::Instant target) {
    engine::Metrics& metrics = context.engine.metrics();
    const std::uint64_t steps = metrics.timers_fired.load();
    const std::uint64_t messages = metrics.dispatch_sent.load();
    auto advanced = context.options.advance ? context.options.advance(target)
                                            : context.engine.advance_to(target);
    if (!advanced) {
        call->send_error(advanced.error());
        return;
    }
    std::string body = clock_json(context, metrics.timers_fired.load() - steps,
                                  metrics.dispatch_sent.load() - messages);
    context.streams->tell(call->caller.merchant, "test_clock", "");
    call->send_json(200, std::move(body));
}

void advance_clock(Context& context, Call call) {
    ClockBody body;
    Problems problems;
    auto document = read_object(*call.request);
    if (!document) {
        call.send_error(document.error());
        return;
    }
    base::require_fields(document->root(), {"advance_to"}, problems);
    (void)base::read_json(document->root(), body, problems);
    if (!problems.empty()) {
        call.send(invalid_reply(call.responder.request_id(), problems));
        return;
    }
    if (!context.options.test_clock) {
        call.send_problem(409, "clock_runs", "This installation runs on the real clock.");
        return;
    }
    if (body.advance_to < context.engine.now()) {
        call.send_problem(409, "clock_past", "The clock is past that already.");
        return;
    }
    auto kept = std::make_shared<Call>(std::move(call));
    Jobs::Job job = [&context, kept, target = body.advance_to](ports::StoreReader&) {
        advance(context, kept, target);
    };
    if (!context.jobs->push(std::move(job))) {
        kept->send_problem(503, "busy", "Too many requests wait. Send it again in a moment.");
    }
}

}  // namespace

void add_settings_routes(Router& router, Context& context) {
    add_read(router, context, {Method::get, "/v1/policies", scope::read, {"version"}}, get_policy);
    add_action(router, context,
               {.pattern = "/v1/policies",
                .scope = scope::configure,
                .body_max = std::size_t{1} << 20,
                .method = Method::put},
               read_policy, [](ReadCall& call, const engine::Receipt&) {
                   call.context.streams->tell(call.caller.merchant, "policy", "");
                   return write_policy(call, std::nullopt);
               });
    add_read(router, context, {Method::get, "/v1/mode", scope::read}, get_mode);
    add_action(
        router, context, {.pattern = "/v1/mode", .scope = scope::configure, .method = Method::put},
        [](ReadCall& call, const base::Json& json, Problems& problems) -> Made {
            ModeBody body;
            base::require_fields(json, {"mode"}, problems);
            (void)base::read_json(json, body, problems);
            return element_of(model::ModeSwitched{body.mode, call.caller.id});
        },
        [](ReadCall& call, const engine::Receipt&) {
            call.context.streams->tell(call.caller.merchant, "mode", "");
            return get_mode(call);
        });
    add_read(router, context, {Method::get, "/v1/channels", scope::read}, list_channels);
    add_channel_switch(router, context, "pause", true);
    add_channel_switch(router, context, "resume", false);
    add_read(router, context, {Method::get, "/v1/test-clock", scope::read},
             [](ReadCall& call) -> base::Result<std::string> {
                 return clock_json(call.context, std::nullopt, std::nullopt);
             });
    add_operation(router, context, {Method::post, "/v1/test-clock", scope::configure},
                  [&context](Call call) { advance_clock(context, std::move(call)); });
}

}  // namespace aftermile::surface
