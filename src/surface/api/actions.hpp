// What a team does: incidents, tickets, claims, reports, settings. Each is one event, attributed,
// answered after its commit with the record as it then stands.
#pragma once

#include "surface/api/context.hpp"

namespace aftermile::surface {

// How an action is put on the router.
struct Acting {
    std::string pattern;
    unsigned scope = scope::operate;
    bool key_required = false;  // money moves
    std::size_t body_max = std::size_t{64} << 10;
    Method method = Method::post;
};
// Reads the body into an element, or says what is wrong: problems, or an error.
using ActionReader = std::function<base::Result<engine::Element>(
    ReadCall& call, const base::Json& body, base::Problems& problems)>;
// The reply's body after the commit.
using ActionReply =
    std::function<base::Result<std::string>(ReadCall& call, const engine::Receipt& receipt)>;

// The whole way of an action: body, idempotency key, commit, reply.
void add_action(Router& router, Context& context, Acting acting, ActionReader read,
                ActionReply reply);

void add_action_routes(Router& router, Context& context);

}  // namespace aftermile::surface
