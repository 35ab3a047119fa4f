// aftermile: the program. Reads the command line, loads the configuration, runs one command.
#include <CLI/CLI.hpp>

#include <functional>

#ifdef AFTERMILE_TCMALLOC
#include <gperftools/malloc_extension.h>
#endif

#include "app/bench.hpp"
#include "app/commands.hpp"
#include "app/demo.hpp"
#include "app/huge_pages.hpp"
#include "app/installation.hpp"
#include "app/serve.hpp"
#include "app/worker.hpp"

namespace {

using aftermile::app::Config;
using aftermile::app::ImportArguments;
using aftermile::app::Output;

// What the command line said. Lives as long as main.
struct Arguments {
    std::string config_file, data, store, listen, smtp_url, test_clock;
    Output output;
    std::string name, mode = "shadow", merchant, label, user = "admin", role = "admin", source, id,
                      to;
    std::vector<std::string> scopes{"all"}, files;
    bool test = false, origin = false, api_only = false;
    ImportArguments import;
    aftermile::app::BenchArguments bench;
    aftermile::app::DemoArguments demo;
    std::function<int(const Config&)> run;
};

using Run = std::function<int(const Config&)>;

CLI::App* add(CLI::App& parent, const std::string& name, const std::string& text, Arguments& said,
              Run run) {
    CLI::App* command = parent.add_subcommand(name, text);
    command->callback([&said, run = std::move(run)] { said.run = run; });
    return command;
}

void add_serving(CLI::App& app, Arguments& said) {
    CLI::App* serve = add(app, "serve", "Run the API, pages, console and engine", said,
                          aftermile::app::run_serve);
    serve->add_option("--listen", said.listen, "HOST:PORT");
    serve->add_option("--test-clock", said.test_clock,
                      "Stand at this instant until the clock is advanced");
    serve->add_flag("--api-only", said.api_only, "Decide nothing: workers do (PostgreSQL)");
    CLI::App* worker = add(app, "worker", "Decide for a part of the merchants (PostgreSQL)", said,
                           aftermile::app::run_worker);
    worker->add_option("--listen", said.listen, "HOST:PORT of its health and metrics");
    CLI::App* demo = add(app, "demo", "A populated store whose clock can be advanced", said,
                         [&](const Config& c) { return aftermile::app::run_demo(c, said.demo); });
    demo->add_option("--listen", said.listen, "HOST:PORT");
    demo->add_option("--shipments", said.demo.shipments, "In 90 days, for a new folder")
        ->check(CLI::Range(20, 100'000));
    demo->add_option("--seed", said.demo.seed, "Of the simulated trade, for a new folder");
}

void add_administration(CLI::App& app, Arguments& said) {
    namespace ours = aftermile::app;
    CLI::App* merchants = app.add_subcommand("merchants", "Merchants")->require_subcommand(1);
    CLI::App* create = add(*merchants, "create", "Create a merchant", said, [&](const Config& c) {
        return ours::merchants_create(c, said.name, said.mode, said.output);
    });
    create->add_option("name", said.name, "Its name")->required();
    create->add_option("--mode", said.mode, "shadow or live");
    add(*merchants, "list", "List merchants", said,
        [&](const Config& c) { return ours::merchants_list(c, said.output); });

    CLI::App* keys = app.add_subcommand("keys", "API keys")->require_subcommand(1);
    CLI::App* key =
        add(*keys, "create", "Create a key and print it once", said, [&](const Config& c) {
            return ours::keys_create(c, said.merchant, said.scopes, said.label, said.test);
        });
    key->add_option("--merchant", said.merchant, "Its id or name")->required();
    key->add_option("--scopes", said.scopes, "all, or read,ingest,operate,configure")
        ->delimiter(',');
    key->add_option("--label", said.label, "What it is for");
    key->add_flag("--test", said.test, "am_test_ instead of am_live_");
    add(*keys, "list", "List keys, without their secrets", said, [&](const Config& c) {
        return ours::keys_list(c, said.merchant, said.output);
    })->add_option("--merchant", said.merchant, "Of this merchant only: its id or name");
    add(*keys, "revoke", "End a key; a running server refuses it within a second", said,
        [&](const Config& c) { return ours::keys_revoke(c, said.id, said.output); })
        ->add_option("id", said.id, "key_…, as `keys list` has it")
        ->required();

    CLI::App* users = app.add_subcommand("users", "People of the console")->require_subcommand(1);
    CLI::App* link = add(*users, "link", "A one-time sign-in link", said, [&](const Config& c) {
        return ours::users_link(c, said.user, said.role);
    });
    link->add_option("--user", said.user, "Who signs in");
    link->add_option("--role", said.role, "admin, agent or viewer")
        ->check(CLI::IsMember({"admin", "agent", "viewer"}));

    CLI::App* config = app.add_subcommand("config", "Configuration")->require_subcommand(1);
    add(*config, "check", "Say what cannot be right", said, ours::config_check);
    CLI::App* show = add(*config, "show", "Show every setting", said, [&](const Config& c) {
        return ours::config_show(c, said.origin, said.output);
    });
    show->add_flag("--origin", said.origin, "Say where each came from");
    add(app, "migrate", "Bring the store to this version's schema, or move it to PostgreSQL", said,
        [&](const Config& c) {
            return said.to.empty() ? ours::migrate(c) : ours::migrate_to(c, said.to, said.output);
        })
        ->add_option("--to", said.to,
                     "postgres://... of an empty database: move the stopped installation of the "
                     "data folder there; once more goes on where it stopped");
    add(app, "doctor", "Check what the program needs", said,
        [&](const Config& c) { return ours::doctor(c, said.output); });
}

void add_history(CLI::App& app, Arguments& said) {
    namespace ours = aftermile::app;
    CLI::App* import = app.add_subcommand("import", "Bring data in")->require_subcommand(1);
    CLI::App* history =
        add(*import, "history", "The past, from CSV, JSON or NDJSON", said,
            [&](const Config& c) { return ours::import_history(c, said.import, said.output); });
    history->add_option("files", said.import.files, "Files")->required();
    history->add_option("--map", said.import.map, "Which column is what (TOML)")->required();
    history->add_option("--merchant", said.import.merchant, "Its id or name")->required();
    history->add_flag("--dry-run", said.import.dry_run, "Check and count, store nothing");

    CLI::App* replay = app.add_subcommand("replay", "Decide the past again")->require_subcommand(1);
    CLI::App* verify =
        add(*replay, "verify", "The same decisions, byte for byte", said,
            [&](const Config& c) { return ours::replay_verify(c, said.merchant, said.output); });
    verify->add_option("--merchant", said.merchant, "Its id or name")->required();

    CLI::App* why = add(app, "why", "The causal chain of a record", said,
                        [&](const Config& c) { return ours::why(c, said.id, said.output); });
    why->add_option("id", said.id, "Any id")->required();

    CLI::App* parse =
        add(app, "parse", "What a connector makes of a raw body", said,
            [&](const Config&) { return ours::parse_bodies(said.source, said.files); });
    parse->add_option("--source", said.source, "The connector's id")->required();
    parse->add_option("files", said.files, "Files, - for standard input")->required();
}

using Bench = int (*)(const aftermile::app::BenchArguments&);

CLI::App* add_one_bench(CLI::App& group, const std::string& name, const std::string& text,
                        Arguments& said, Bench run) {
    return add(group, name, text, said, [&said, run](const Config&) {
        said.bench.data = said.data;
        said.bench.store = said.store;
        said.bench.json = said.output.json;
        return run(said.bench);
    });
}

// What those over HTTP have in common.
void add_served(CLI::App& command, aftermile::app::BenchArguments& bench) {
    command.add_option("--seconds", bench.seconds, "How long is timed")
        ->check(CLI::Range(1, 3'600));
    command.add_option("--warm-up", bench.warm_seconds, "Seconds, cold and warm each")
        ->check(CLI::Range(1, 60));
    command.add_option("--connections", bench.connections, "At the same time")
        ->check(CLI::Range(1, 4'000));
    command.add_option("--seed", bench.seed, "Of the workload");
    command.add_option("--shipments", bench.shipments, "How many are open")
        ->check(CLI::Range(100, 10'000'000));
}

// The processes of a measurement.
void add_bench_processes(CLI::App& group, Arguments& said) {
    namespace ours = aftermile::app;
    auto& bench = said.bench;
    CLI::App* load = add_one_bench(group, "load", "The load", said, ours::bench_load);
    CLI::App* bare = add_one_bench(group, "bare", "A bare server", said, ours::bench_bare);
    add_served(*load, bench);
    load->add_option("--start", bench.start, "Around which the workload is built");
    load->add_flag("--seeded", bench.seeded, "Orders and shipments are in");
    load->add_option("--skip", bench.skip, "Events that were sent before");
    load->add_option("--endpoint", bench.endpoint, "Send webhooks there");
    load->add_flag("--histories", bench.histories, "Webhooks of whole histories");
    for (CLI::App* command : {load, bare}) {
        command->add_option("--port", bench.port, "Of the server")->required();
        command->group("");  // hidden
    }
}

void add_bench(CLI::App& app, Arguments& said) {
    namespace ours = aftermile::app;
    auto& bench = said.bench;
    CLI::App* group = app.add_subcommand("bench", "Measurements")->require_subcommand(1);
    CLI::App* ingest = add_one_bench(
        *group, "ingest", "Tracking events over HTTP against raw writes", said, ours::bench_ingest);
    CLI::App* webhooks = add_one_bench(
        *group, "webhooks", "Signed webhooks, one a request, against the bare HTTP server", said,
        ours::bench_webhooks);
    CLI::App* scale =
        add_one_bench(*group, "scale", "Ingest with 100,000 and with a million open shipments",
                      said, ours::bench_scale);
    CLI::App* reads = add_one_bench(*group, "reads", "Reads of cold keys while ingest goes on",
                                    said, ours::bench_reads);
    for (CLI::App* command : {ingest, webhooks, scale, reads}) {
        add_served(*command, bench);
    }
    for (CLI::App* command : {scale, reads}) {
        command->preparse_callback([&bench](std::size_t) { bench.shipments = 1'000'000; });
    }
    webhooks->add_flag("--histories", bench.histories,
                       "Whole histories of parcels not known yet instead of one new detail");
    scale->add_option("--fewer", bench.fewer, "Shipments that the rate is compared with")
        ->check(CLI::Range(100, 10'000'000));
    reads->add_option("--reads", bench.reads, "A second")->check(CLI::Range(1, 1'000));
    ingest->add_flag("--engine-only", bench.engine_only, "Without HTTP, for profilers");
    ingest->add_flag("--no-raw", bench.no_raw,
                     "HTTP alone: the rows of the raw loop need memory, a million shipments much");
    for (CLI::App* command : {ingest, webhooks}) {
        command
            ->add_option("--materialise", bench.materialise,
                         "row or swept: when the rows of shipments are written")
            ->check(CLI::IsMember({"row", "swept"}));
    }

    CLI::App* parse =
        add_one_bench(*group, "parse", "EasyPost bodies to mapped, zoned events, one core", said,
                      ours::bench_parse);
    parse->add_option("--seconds", bench.seconds, "How long is timed");
    parse->add_option("--bodies", bench.bodies, "How many different ones")
        ->check(CLI::Range(1, 100'000));
    parse->add_option("--seed", bench.seed, "Of the bodies");
    CLI::App* replay = add(*group, "replay", "A stored history decided again, one core", said,
                           [&](const Config& c) {
                               bench.data = c.get("data");
                               bench.merchant = said.merchant;
                               bench.json = said.output.json;
                               return ours::bench_replay(bench);
                           });
    replay->add_option("--merchant", said.merchant, "Its id or name")->required();
    add_bench_processes(*group, said);
}

}  // namespace

int main(int argc, char** argv) {
#ifdef AFTERMILE_TCMALLOC
    // A tenth of its default: what one request gave back was fetched from the system, and cleared
    // by it, for the next.
    MallocExtension::instance()->SetMemoryReleaseRate(0.1);
    aftermile::app::use_huge_pages();
#endif
    Arguments said;
    CLI::App app("Aftermile: everything after checkout, in one place", "aftermile");
    app.require_subcommand(1)->fallthrough();
    app.set_version_flag("--version", "0.1.0");
    app.add_option("--config", said.config_file, "Configuration file (TOML)");
    app.add_option("--data", said.data, "Data folder");
    app.add_option("--store", said.store, "postgres://...; SQLite in the data folder without");
    app.add_option("--smtp-url", said.smtp_url, "Mail server");
    app.add_flag("--json", said.output.json, "JSON instead of a table");
    add_serving(app, said);
    add_administration(app, said);
    add_history(app, said);
    add_bench(app, said);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    auto config = Config::load(said.config_file);
    if (!config) {
        return aftermile::app::complain(config.error());
    }
    for (const auto& [name, value, flag] : {std::tuple{"data", &said.data, "--data"},
                                            {"store", &said.store, "--store"},
                                            {"listen", &said.listen, "--listen"},
                                            {"smtp.url", &said.smtp_url, "--smtp-url"},
                                            {"test_clock", &said.test_clock, "--test-clock"}}) {
        if (!value->empty()) {
            config->set(name, *value, flag);
        }
    }
    if (said.api_only) {
        config->set("api_only", "true", "--api-only");
    }
    aftermile::app::set_up_log(*config);
    return said.run(*config);
}
