// The few files beside the databases: the data folder, locks that end with the process, and
// secrets written so that a power cut leaves all of them or none.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace aftermile::storage {

// Makes the folder where it is missing, readable by its owner alone. Code `no_data_folder`.
[[nodiscard]] base::Result<void> make_folder(const std::string& folder);

// An exclusive lock on a file, which is made where it is missing. The kernel gives it back when
// the process ends, however it ends.
class FileLock {
  public:
    // Nothing when somebody else holds it, also elsewhere in this process. Code `store_failed`
    // when the file cannot be made.
    [[nodiscard]] static base::Result<std::optional<FileLock>> try_take(const std::string& file);
    // Waits for it.
    [[nodiscard]] static base::Result<FileLock> take(const std::string& file);

    FileLock(FileLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
    FileLock& operator=(FileLock&& other) noexcept;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int file) : file_(file) {}
    int file_ = -1;
};

// Makes an empty file that only its owner can read, unless there is one: SQLite keeps the mode it
// finds, for its log and journal too. Code `store_failed`.
[[nodiscard]] base::Result<void> make_private_file(const std::string& file);

// Writes the file to disk and its name to its folder. Code `store_failed`.
[[nodiscard]] base::Result<void> sync_file(const std::string& file);

// The bytes of a small file (at most 4 KiB); nothing when there is no such file.
[[nodiscard]] base::Result<std::optional<std::string>> read_small_file(const std::string& file);

// Creates `file` with these bytes, readable by its owner alone, durable when it returns. An
// existing file is left alone and false returned: whoever was first decides.
[[nodiscard]] base::Result<bool> create_secret_file(const std::string& file,
                                                    const std::string& bytes);

// Overwrites every byte of a file with zeros, in place and durably; its size stays. A file that
// does not exist has no bytes.
[[nodiscard]] base::Result<void> zero_file(const std::string& file);

}  // namespace aftermile::storage
