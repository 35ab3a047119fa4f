// Submissions and receipts as bytes, on their way between a process that serves and the one that
// decides (ports/intake.hpp). Personal data is sealed under its owner's key already here, so that
// what waits, and what backups keep of it, is gone when the owner is erased.
//
//   auto body = encode_submission(submission, keyring);
//   auto submission = decode_submission(merchant, *body, keyring);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/submission.hpp"

namespace aftermile::engine {

// Of elements whose payloads are encoded (Engine::submit does it). Writes keys that are missing.
[[nodiscard]] base::Result<std::string> encode_submission(const Submission& submission,
                                                          ports::Keyring& keyring);
// Without a reply. A part whose owner was erased meanwhile is left out. Codes: of decoding, of the
// keyring.
[[nodiscard]] base::Result<Submission> decode_submission(model::MerchantNumber merchant,
                                                         std::string_view body,
                                                         ports::Keyring& keyring);

[[nodiscard]] std::string encode_receipts(const std::vector<Receipt>& receipts);
[[nodiscard]] base::Result<std::vector<Receipt>> decode_receipts(std::string_view body);

}  // namespace aftermile::engine
