// merchants, keys, users, config, migrate, doctor.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "app/commands.hpp"
#include "app/installation.hpp"
#include "base/json.hpp"
#include "engine/admin_records.hpp"
#include "engine/catalog_load.hpp"
#include "engine/clocks.hpp"
#include "engine/policy_load.hpp"

namespace aftermile::app {

namespace {

base::Instant wall_now() { return engine::SystemClock{}.now(); }

}  // namespace

int complain(const base::Error& error) {
    fmt::print(stderr, "{}{}{}\n", error.detail, error.pointer.empty() ? "" : " at ",
               error.pointer);
    return 1;
}

base::Result<std::string> read_file(const std::string& path) {
    std::ostringstream bytes;
    if (path == "-") {
        bytes << std::cin.rdbuf();
        return bytes.str();
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return base::fail("bad_file", "The file " + path + " cannot be read.");
    }
    bytes << file.rdbuf();
    return bytes.str();
}

int merchants_create(const Config& config, const std::string& name, const std::string& mode,
                     Output output) {
    const auto wanted = base::from_text<model::Mode>(mode);
    if (!wanted) {
        fmt::print(stderr, "--mode is shadow or live.\n");
        return 2;
    }
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    auto made = engine::create_merchant((*store)->admin(), name, *wanted, wall_now());
    if (!made) {
        return complain(made.error());
    }
    fmt::print("{}\n", output.json ? base::to_json(*made) : made->id);
    return 0;
}

int merchants_list(const Config& config, Output output) {
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    auto merchants = engine::list_merchants((*store)->admin());
    if (!merchants) {
        return complain(merchants.error());
    }
    if (output.json) {
        fmt::print("{}\n", base::to_json(*merchants));
        return 0;
    }
    for (const engine::MerchantRecord& each : *merchants) {
        fmt::print("{}  created {}  {}\n", each.id, base::to_text(each.created_mode), each.name);
    }
    return 0;
}

int keys_create(const Config& config, const std::string& merchant,
                const std::vector<std::string>& scopes, const std::string& label, bool test) {
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    auto record = engine::find_merchant((*store)->admin(), merchant);
    if (!record) {
        return complain(record.error());
    }
    auto made =
        engine::create_key((*store)->admin(), record->number, test, scopes, label, wall_now());
    if (!made) {
        return complain(made.error());
    }
    fmt::print("{}\n", made->key);
    return 0;
}

int keys_list(const Config& config, const std::string& merchant, Output output) {
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    std::optional<model::MerchantNumber> number;
    if (!merchant.empty()) {
        auto record = engine::find_merchant((*store)->admin(), merchant);
        if (!record) {
            return complain(record.error());
        }
        number = record->number;
    }
    auto keys = engine::list_keys((*store)->admin(), number);
    if (!keys) {
        return complain(keys.error());
    }
    if (output.json) {
        fmt::print("{}\n", base::to_json(*keys));
        return 0;
    }
    for (const engine::KeyRecord& each : *keys) {
        fmt::print("{}  {}…  {}  {}  {}  {}\n", each.id, each.prefix,
                   engine::merchant_id_text(each.merchant),
                   each.revoked_at ? "revoked " + base::to_text(*each.revoked_at) : "in force",
                   fmt::join(each.scopes, ","), each.label);
    }
    return 0;
}

int keys_revoke(const Config& config, const std::string& id, Output output) {
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    auto revoked = engine::revoke_key((*store)->admin(), id, wall_now());
    if (!revoked) {
        return complain(revoked.error());
    }
    if (output.json) {
        fmt::print("{}\n", base::to_json(*revoked));
    } else {
        fmt::print("{} ({}…) is revoked.\n", revoked->id, revoked->prefix);
    }
    return 0;
}

int users_link(const Config& config, const std::string& user, const std::string& role) {
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    auto token = engine::create_sign_in((*store)->admin(), {0, user, role}, wall_now());
    if (!token) {
        return complain(token.error());
    }
    const std::string url = config.get("public_url").empty() ? "http://" + config.get("listen")
                                                             : config.get("public_url");
    fmt::print("{}/console/?token={}\n", url, *token);
    return 0;
}

int config_show(const Config& config, bool origin, Output output) {
    std::string json;
    base::JsonWriter writer(json);
    writer.begin_object();
    for (const auto& [name, setting] : config.all()) {
        const bool hidden = Config::is_secret(name) && !setting.value.empty();
        const std::string value = hidden ? "(set)" : setting.value;
        if (!output.json) {
            fmt::print("{} = \"{}\"{}{}\n", name, value, origin ? "  # " : "",
                       origin ? setting.origin : "");
            continue;
        }
        writer.key(name);
        writer.begin_object();
        writer.key("value");
        writer.text(value);
        writer.key("origin");
        writer.text(setting.origin);
        writer.end_object();
    }
    writer.end_object();
    if (output.json) {
        fmt::print("{}\n", json);
    }
    return 0;
}

int config_check(const Config& config) {
    const auto problems = config.check();
    for (const std::string& problem : problems) {
        fmt::print(stderr, "{}\n", problem);
    }
    if (problems.empty()) {
        fmt::print("The configuration is sound.\n");
    }
    return problems.empty() ? 0 : 1;
}

int migrate(const Config& config) {
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    fmt::print("The store is at schema version {}.\n", ports::schema_version);
    return 0;
}

int doctor(const Config& config, Output output) {
    std::vector<std::pair<std::string, std::string>> found;  // what, and its trouble or nothing
    const auto add = [&](std::string what, const auto& result) {
        found.emplace_back(std::move(what), result ? std::string{} : result.error().detail);
    };
    for (const std::string& problem : config.check()) {
        found.emplace_back("configuration", problem);
    }
    add("catalog", engine::load_catalog(engine::embedded_catalog_files()));
    add("default policy", engine::load_policy(engine::default_policy_document(), 1));
    add("message templates", engine::load_embedded_templates());
    auto store = open_store(config);
    add("store", store);
    if (store) {
        add("merchants", engine::list_merchants((*store)->admin()));
    }
    found.emplace_back("mail server", config.get("smtp.url").empty()
                                          ? "none named: messages are kept and not sent"
                                          : "");
    bool good = true;
    for (const auto& [what, trouble] : found) {
        good = good && (trouble.empty() || what == "mail server");
        if (output.json) {
            fmt::print("{{\"check\":{},\"trouble\":{}}}\n", base::to_json(what),
                       base::to_json(trouble));
        } else {
            fmt::print("{}  {}{}{}\n", trouble.empty() ? "ok" : "--", what,
                       trouble.empty() ? "" : ": ", trouble);
        }
    }
    return good ? 0 : 1;
}

}  // namespace aftermile::app
