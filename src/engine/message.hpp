// A decided notification made into a message: its fields, the person's address from under the
// seal, the merchant's name and colours, and the template of its kind. The same text is shown in
// the notification log before and after it is sent.
#pragma once

#include <string>
#include <string_view>

#include "engine/admin_records.hpp"
#include "model/catalog.hpp"
#include "ports/store.hpp"
#include "ports/transport.hpp"
#include "text/templates.hpp"

namespace aftermile::engine {

// What every message of an installation shares. Borrowed values outlive whoever holds this.
struct MessageSettings {
    const text::TemplateSet* templates = nullptr;
    const model::Catalog* catalog = nullptr;
    std::string secret;      // installation_secret
    std::string public_url;  // https://post.shop.example, without a slash at the end
    std::string mail_host;   // right of the @ in message ids
    std::string mail_from;   // where a merchant has no sender of its own
};

// Templates and catalogue that travel inside the program.
[[nodiscard]] base::Result<text::TemplateSet> load_embedded_templates();

// A page's unguessable name: the record's id and a MAC over it and the page's purpose.
[[nodiscard]] std::string page_token(std::string_view secret, std::string_view purpose,
                                     std::int64_t id);
// The id, or code `not_found`.
[[nodiscard]] base::Result<std::int64_t> read_page_token(std::string_view secret,
                                                         std::string_view purpose,
                                                         std::string_view token);
inline constexpr std::string_view tracking_purpose = "t";
inline constexpr std::string_view claim_purpose = "c";
inline constexpr std::string_view preferences_purpose = "p";

// The decision's fields as templates know them: days x_earliest and x_latest make the range x, and
// the variant is the choice `kind`.
[[nodiscard]] base::Result<text::Fields> message_fields(const model::Notification& notification,
                                                        const model::Catalog& catalog);

struct Message {
    std::string to;     // empty: the person was erased, or never gave an address
    std::string owner;  // whose key seals the text
    text::Rendered rendered;
};
// Codes of text::render; `not_found` when its customer or merchant is gone.
[[nodiscard]] base::Result<Message> compose(const model::Notification& notification,
                                            const MerchantRecord& merchant,
                                            const MessageSettings& settings,
                                            ports::StoreReader& reader, ports::Keyring& keyring);
[[nodiscard]] ports::Mail mail_of(const model::Notification& notification, const Message& message,
                                  const MerchantRecord& merchant, const MessageSettings& settings);

}  // namespace aftermile::engine
