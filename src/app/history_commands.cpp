// import history, replay verify, parse.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/installation.hpp"
#include "connectors/registry.hpp"
#include "engine/catalog_load.hpp"
#include "engine/import.hpp"
#include "engine/replay.hpp"

namespace aftermile::app {

namespace {

void print_plan(const engine::ImportPlan& plan, Output output) {
    for (const engine::ImportRowError& each : plan.errors) {
        fmt::print(stderr, "{}:{}: {}{}{}\n", each.file, each.line, each.error.detail,
                   each.error.pointer.empty() ? "" : " at ", each.error.pointer);
    }
    if (output.json) {
        fmt::print(
            "{{\"rows\":{},\"row_errors\":{},\"orders\":{},\"shipments\":{},"
            "\"scans\":{}}}\n",
            plan.rows, plan.row_errors, plan.orders, plan.shipments, plan.scans);
    } else {
        fmt::print("{} rows, {} with errors: {} orders, {} shipments, {} scans\n", plan.rows,
                   plan.row_errors, plan.orders, plan.shipments, plan.scans);
    }
}

engine::ImportProgress progress_on_terminal() {
    if (isatty(STDERR_FILENO) == 0) {
        return {};
    }
    const auto start = std::chrono::steady_clock::now();
    return [start](std::uint64_t done, std::uint64_t total) {
        const auto spent = std::chrono::duration_cast<std::chrono::seconds>(
            std::chrono::steady_clock::now() - start);
        const auto left = static_cast<std::uint64_t>(spent.count()) * (total - done) / done;
        fmt::print(stderr, "\r{} of {}, about {} s left   {}", done, total, left,
                   done == total ? "\n" : "");
    };
}

int print_report(const engine::ImportReport& report, Output output) {
    for (const base::Error& problem : report.problems) {
        fmt::print(stderr, "{}: {}\n", problem.code, problem.detail);
    }
    if (output.json) {
        fmt::print(
            "{{\"accepted\":{},\"duplicates\":{},\"parked\":{},\"rejected\":{},"
            "\"resumed_after\":{}}}\n",
            report.accepted, report.duplicates, report.parked, report.rejected,
            report.resumed_after);
    } else {
        fmt::print("{} accepted, {} known already, {} parked, {} rejected{}\n", report.accepted,
                   report.duplicates, report.parked, report.rejected,
                   report.resumed_after > 0
                       ? fmt::format(", gone on after {}", report.resumed_after)
                       : std::string{});
    }
    return report.rejected == 0 ? 0 : 1;
}

}  // namespace

int import_history(const Config& config, const ImportArguments& arguments, Output output) {
    std::vector<engine::ImportFile> files;
    for (const std::string& name : arguments.files) {
        auto bytes = read_file(name);
        if (!bytes) {
            return complain(bytes.error());
        }
        files.push_back({name, std::move(*bytes)});
    }
    auto map = read_file(arguments.map);
    auto installation = open_installation(config, false);
    if (!map || !installation) {
        return complain(map ? installation.error() : map.error());
    }
    Installation& home = **installation;
    auto merchant = engine::find_merchant(home.store->admin(), arguments.merchant);
    if (!merchant) {
        return complain(merchant.error());
    }
    auto plan = engine::plan_import(files, *map, merchant->number, home.catalog, home.secret,
                                    home.clock->now());
    if (!plan) {
        return complain(plan.error());
    }
    print_plan(*plan, output);
    if (arguments.dry_run) {
        return plan->row_errors == 0 ? 0 : 1;
    }
    if (auto started = home.engine->start(); !started) {
        return complain(started.error());
    }
    auto report = engine::run_import(*home.engine, std::move(*plan), merchant->number,
                                     progress_on_terminal());
    home.engine->stop();
    return report ? print_report(*report, output) : complain(report.error());
}

int replay_verify(const Config& config, const std::string& merchant, Output output) {
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    auto record = engine::find_merchant((*store)->admin(), merchant);
    auto catalog = engine::load_catalog(engine::embedded_catalog_files());
    auto reader = (*store)->reader();
    if (!record || !catalog || !reader) {
        return complain(!record ? record.error() : !catalog ? catalog.error() : reader.error());
    }
    auto report = engine::verify_replay(**reader, (*store)->admin(), *catalog, record->number);
    if (!report) {
        return complain(report.error());
    }
    const auto print = [&](auto pattern) {
        fmt::print(pattern, report->events, report->decisions_differ, report->records,
                   report->records_differ, report->other_catalog);
    };
    if (output.json) {
        print(
            FMT_STRING("{{\"events\":{},\"decisions_differ\":{},\"records\":{},"
                       "\"records_differ\":{},\"other_catalog\":{}}}\n"));
    } else {
        print(
            FMT_STRING("{} events decided again, {} differ; {} records, {} differ; "
                       "{} decided with another catalog\n"));
    }
    for (const std::string& example : report->examples) {
        fmt::print(stderr, "differs: {}\n", example);
    }
    return report->same() ? 0 : 1;
}

int parse_bodies(const std::string& source, const std::vector<std::string>& files) {
    const ports::Connector* connector = connectors::find(source);
    if (connector == nullptr) {
        fmt::print(stderr, "There is no source \"{}\". There are:", source);
        for (const connectors::Entry& entry : connectors::all()) {
            fmt::print(stderr, " {}", entry.id);
        }
        fmt::print(stderr, "\n");
        return 2;
    }
    auto catalog = engine::load_catalog(engine::embedded_catalog_files());
    if (!catalog) {
        return complain(catalog.error());
    }
    for (const std::string& name : files) {
        auto body = read_file(name);
        if (!body) {
            return complain(body.error());
        }
        auto parsed = connector->parse({}, *body, *catalog);
        if (!parsed) {
            return complain(parsed.error());
        }
        for (const auto& input : parsed->inputs) {
            std::visit(
                []<class Input>(const Input& each) {
                    if constexpr (std::same_as<Input, model::Scan>) {
                        fmt::print("{}\n", base::to_json(each));
                    } else {
                        const bool order = std::same_as<Input, model::OrderInput>;
                        fmt::print("{{\"{}\":{}}}\n", order ? "order" : "shipment",
                                   base::to_json(each.reference));
                    }
                },
                input);
        }
        for (const std::string& code : parsed->unknown_codes) {
            fmt::print(stderr, "unknown code: {}\n", code);
        }
        for (const std::string& part : parsed->skipped) {
            fmt::print(stderr, "skipped: {}\n", part);
        }
        if (!parsed->ignored.empty()) {
            fmt::print(stderr, "ignored: {}\n", parsed->ignored);
        }
    }
    return 0;
}

}  // namespace aftermile::app
