// Everything that a running program is made of, wired together: store, catalog, templates, clock,
// mail and engine. Members are declared in the order in which they depend on each other.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "engine/engine.hpp"
#include "model/catalog.hpp"
#include "ports/store.hpp"
#include "ports/transport.hpp"
#include "storage/postgres/store.hpp"
#include "text/templates.hpp"

namespace aftermile::app {

// Which work a process does: everything; the API, whose submissions go to workers; or deciding for
// a part of the merchants. The last two need a store in PostgreSQL.
enum class Part : unsigned char { all, api, worker };

struct Installation {
    std::shared_ptr<storage::postgres::WorkerLease> lease;  // a worker's
    std::unique_ptr<ports::Store> store;
    model::Catalog catalog;
    text::TemplateSet templates;
    std::string secret;
    std::string public_url;
    std::unique_ptr<ports::Clock> clock;
    std::unique_ptr<ports::MailTransport> mail;  // null: no mail server is named
    std::unique_ptr<engine::Engine> engine;      // made, not started
};

// The store alone: what administration needs, also beside a running server.
[[nodiscard]] base::Result<std::unique_ptr<ports::Store>> open_store(const Config& config);

// Everything; `dispatch` false: whatever the configuration says, nothing is handed over.
// `mail` is used where the configuration names no mail server.
[[nodiscard]] base::Result<std::unique_ptr<Installation>> open_installation(
    const Config& config, bool dispatch, std::unique_ptr<ports::MailTransport> mail = nullptr,
    Part part = Part::all);

// JSON lines on standard error. Never personal data.
void set_up_log(const Config& config);

}  // namespace aftermile::app
