// The commands of the program beside `serve`. Each returns the process's exit code: 0 done,
// 1 failed, 2 wrong usage.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"

namespace aftermile::app {

struct Output {
    bool json = false;
};

[[nodiscard]] int merchants_create(const Config& config, const std::string& name,
                                   const std::string& mode, Output output);
[[nodiscard]] int merchants_list(const Config& config, Output output);
[[nodiscard]] int keys_create(const Config& config, const std::string& merchant,
                              const std::vector<std::string>& scopes, const std::string& label,
                              bool test);
// `merchant` empty: of all. The keys themselves are kept nowhere.
[[nodiscard]] int keys_list(const Config& config, const std::string& merchant, Output output);
[[nodiscard]] int keys_revoke(const Config& config, const std::string& id, Output output);
[[nodiscard]] int users_link(const Config& config, const std::string& user,
                             const std::string& role);
[[nodiscard]] int config_show(const Config& config, bool origin, Output output);
[[nodiscard]] int config_check(const Config& config);
[[nodiscard]] int migrate(const Config& config);
// From SQLite in the data folder into the empty database at `url`, or on with a move that stopped.
[[nodiscard]] int migrate_to(const Config& config, const std::string& url, Output output);
[[nodiscard]] int doctor(const Config& config, Output output);

struct ImportArguments {
    std::vector<std::string> files;
    std::string map, merchant;
    bool dry_run = false;
};
[[nodiscard]] int import_history(const Config& config, const ImportArguments& arguments,
                                 Output output);
[[nodiscard]] int parse_bodies(const std::string& source, const std::vector<std::string>& files);
[[nodiscard]] int replay_verify(const Config& config, const std::string& merchant, Output output);
[[nodiscard]] int why(const Config& config, const std::string& id, Output output);

// Prints the sentence (and where) on standard error.
int complain(const base::Error& error);
// The bytes of a file; "-" is standard input. Code `bad_file`.
[[nodiscard]] base::Result<std::string> read_file(const std::string& path);

}  // namespace aftermile::app
