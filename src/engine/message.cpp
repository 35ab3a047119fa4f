#include "engine/message.hpp"

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "base/embedded.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "engine/person.hpp"

namespace aftermile::engine {

namespace {

using base::Result;
using model::FieldType;
using model::MessageField;
using ports::Table;

constexpr std::size_t token_mac_bytes = 16;  // 128 bits that nobody can guess

std::string token_mac(std::string_view secret, std::string_view purpose, std::string_view id) {
    return base::hmac_sha256(secret, fmt::format("page/{}/{}", purpose, id))
        .substr(0, token_mac_bytes);
}

base::LocalDay day_of(const MessageField& field) {
    return base::LocalDay{std::chrono::days{field.number}};
}

const MessageField* find_field(const model::Notification& notification, std::string_view name) {
    for (const MessageField& field : notification.message_fields) {
        if (field.name == name) {
            return &field;
        }
    }
    return nullptr;
}

text::Lines lines_of(std::string_view written) {
    text::Lines lines;
    for (const std::string_view line : base::split(written, '\n')) {
        if (!line.empty()) {
            lines.emplace_back(line);
        }
    }
    return lines;
}

Result<text::Value> value_of(const MessageField& field, const model::Catalog& catalog) {
    switch (field.type) {
        case FieldType::text:
            return field.text;
        case FieldType::choice:
            return text::Choice{field.text};
        case FieldType::lines:
            return lines_of(field.text);
        case FieldType::day:
            return day_of(field);
        case FieldType::instant: {
            const base::Zone* zone = catalog.find_zone(field.text);
            return text::Moment{base::instant_of(field.number),
                                zone == nullptr ? base::Zone::utc() : *zone};
        }
        case FieldType::count:
            return text::Count{field.number};
        case FieldType::money:
            return base::Money{field.number, field.currency};
    }
    return std::string{};
}

template <class Record>
Result<std::optional<Record>> read(ports::StoreReader& reader, Table table,
                                   model::MerchantNumber merchant, std::int64_t id) {
    if (id == 0) {
        return std::nullopt;
    }
    auto row = reader.get(table, merchant, id);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (!*row) {
        return std::nullopt;
    }
    auto record = base::decode<Record>((*row)->body);
    if (!record) {
        return std::unexpected(record.error());
    }
    return std::move(*record);
}

// What the frame and every template may name beside the decision's own fields.
void add_links(text::Fields& fields, const model::Notification& notification,
               const MessageSettings& settings) {
    const std::int64_t subject =
        notification.shipment ? notification.shipment.value : notification.order.value;
    const std::string tracking =
        settings.public_url + "/t/" + page_token(settings.secret, tracking_purpose, subject);
    const std::string claim =
        settings.public_url + "/c/" + page_token(settings.secret, claim_purpose, subject);
    fields.try_emplace("tracking_url", tracking);
    fields.try_emplace("order_url", tracking);
    fields.try_emplace("action_url", tracking);
    fields.try_emplace("feedback_url", tracking);
    fields.try_emplace("report_url", claim);
    fields.try_emplace("claim_url", claim);
    fields.try_emplace("preferences_url", settings.public_url + "/p/" +
                                              page_token(settings.secret, preferences_purpose,
                                                         notification.customer.value));
}

void add_merchant(text::Fields& fields, const MerchantRecord& merchant) {
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            fields.try_emplace(name, value);
        }
    };
    add("merchant", merchant.name);
    add("support_email", merchant.support_email);
    add("brand_colour", merchant.brand_colour);
    add("brand_logo_url", merchant.brand_logo_url);
    add("postal_address", merchant.postal_address);
}

}  // namespace

Result<text::TemplateSet> load_embedded_templates() {
    std::vector<text::SourceFile> files;
    for (const base::EmbeddedFile& file : base::embedded_files()) {
        const bool wanted = file.path.starts_with("catalog/templates/") ||
                            file.path.starts_with("catalog/locales/");
        if (wanted && !file.path.ends_with(".gz")) {
            files.push_back({file.path, file.bytes});
        }
    }
    return text::TemplateSet::load(files);
}

std::string page_token(std::string_view secret, std::string_view purpose, std::int64_t id) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>((static_cast<std::uint64_t>(id) >> shift) & 0xFF));
    }
    return base::to_base64url(bytes + token_mac(secret, purpose, bytes));
}

Result<std::int64_t> read_page_token(std::string_view secret, std::string_view purpose,
                                     std::string_view token) {
    constexpr std::size_t id_bytes = 8;
    const auto bytes = base::from_base64url(token);
    if (!bytes || bytes->size() != id_bytes + token_mac_bytes) {
        return base::fail("not_found", "There is no such page.");
    }
    const std::string_view id = std::string_view(*bytes).substr(0, id_bytes);
    if (!base::constant_time_equal(token_mac(secret, purpose, id),
                                   std::string_view(*bytes).substr(id_bytes))) {
        return base::fail("not_found", "There is no such page.");
    }
    std::uint64_t value = 0;
    for (const char c : id) {
        value = (value << 8) | static_cast<unsigned char>(c);
    }
    return static_cast<std::int64_t>(value);
}

Result<text::Fields> message_fields(const model::Notification& notification,
                                    const model::Catalog& catalog) {
    constexpr std::string_view earliest = "_earliest";
    constexpr std::string_view latest = "_latest";
    text::Fields fields;
    for (const MessageField& field : notification.message_fields) {
        const std::string_view name = field.name;
        if (field.type == FieldType::day && name.ends_with(earliest)) {
            continue;  // told with its latest
        }
        if (field.type == FieldType::day && name.ends_with(latest)) {
            const std::string stem(name.substr(0, name.size() - latest.size()));
            const MessageField* from = find_field(notification, stem + std::string(earliest));
            fields.insert_or_assign(
                stem, from == nullptr ? text::Value{day_of(field)}
                                      : text::Value{text::DayRange{day_of(*from), day_of(field)}});
            continue;
        }
        auto value = value_of(field, catalog);
        if (!value) {
            return std::unexpected(value.error());
        }
        fields.insert_or_assign(std::string(field.name), std::move(*value));
    }
    if (!notification.variant.empty()) {
        fields.insert_or_assign("kind", text::Choice{notification.variant});
    }
    return fields;
}

Result<Message> compose(const model::Notification& notification, const MerchantRecord& merchant,
                        const MessageSettings& settings, ports::StoreReader& reader,
                        ports::Keyring& keyring) {
    auto fields = message_fields(notification, *settings.catalog);
    auto customer = read<model::Customer>(reader, Table::customers, merchant.number,
                                          notification.customer.value);
    auto order =
        read<model::Order>(reader, Table::orders, merchant.number, notification.order.value);
    if (!fields || !customer || !order) {
        return std::unexpected(!fields     ? fields.error()
                               : !customer ? customer.error()
                                           : order.error());
    }
    Message message;
    if (*customer) {
        message.owner = owner_of(settings.secret, **customer);
        auto person =
            PersonReader(reader, keyring).open(merchant.number, customer_about(message.owner));
        if (!person) {
            return std::unexpected(person.error());
        }
        const auto json = base::JsonDocument::parse(person->value_or("{}"));
        if (json) {
            message.to = json->root()["email"].as_text().value_or("");
            const std::string_view name = json->root()["name"].as_text().value_or("");
            if (const auto given = name.substr(0, name.find(' ')); !given.empty()) {
                fields->try_emplace("shopper", std::string(given));
            }
        }
    }
    if (*order) {
        fields->try_emplace("order", (*order)->reference);
    }
    add_links(*fields, notification, settings);
    add_merchant(*fields, merchant);
    const std::string& locale = notification.locale.empty() ? merchant.locale : notification.locale;
    auto rendered =
        text::render(*settings.templates, base::to_text(notification.kind), locale, *fields);
    if (!rendered) {
        return std::unexpected(rendered.error());
    }
    message.rendered = std::move(*rendered);
    return message;
}

ports::Mail mail_of(const model::Notification& notification, const Message& message,
                    const MerchantRecord& merchant, const MessageSettings& settings) {
    ports::Mail mail;
    mail.from = merchant.sender_email.empty() ? settings.mail_from : merchant.sender_email;
    mail.from_name = merchant.sender_name.empty() ? merchant.name : merchant.sender_name;
    mail.to = message.to;
    mail.subject = message.rendered.subject;
    mail.text = message.rendered.text;
    mail.html = message.rendered.html;
    mail.message_id = notification.id.text() + "@" + settings.mail_host;
    mail.headers.emplace_back("Auto-Submitted", "auto-generated");
    if (!merchant.support_email.empty()) {
        mail.headers.emplace_back("Reply-To", merchant.support_email);
    }
    return mail;
}

}  // namespace aftermile::engine
