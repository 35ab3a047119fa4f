// Records as the API shows them (openapi/aftermile.yaml, components/schemas).
#pragma once

#include "surface/api/records.hpp"

namespace aftermile::surface {

// Writes members of one JSON object; what holds nothing is left out.
class Out {
  public:
    explicit Out(base::JsonWriter& writer) : writer_(writer) { writer_.begin_object(); }
    ~Out() { writer_.end_object(); }
    Out(const Out&) = delete;
    Out& operator=(const Out&) = delete;

    [[nodiscard]] base::JsonWriter& at(std::string_view name) {
        writer_.key(name);
        return writer_;
    }
    void text(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            at(name).text(value);
        }
    }
    template <class Kind>
    void id(std::string_view name, base::Id<Kind> value) {
        if (value) {
            at(name).text(value.text());
        }
    }
    template <class E>
        requires base::NamedEnum<E>
    void word(std::string_view name, E value) {
        at(name).text(base::to_text(value));
    }
    void integer(std::string_view name, std::int64_t value) { at(name).integer(value); }
    void natural(std::string_view name, std::uint64_t value) { at(name).natural(value); }
    void boolean(std::string_view name, bool value) { at(name).boolean(value); }
    void instant(std::string_view name, base::Instant value) {
        at(name).text(base::to_text(value));
    }
    void instant(std::string_view name, const std::optional<base::Instant>& value) {
        if (value) {
            instant(name, *value);
        }
    }
    void money(std::string_view name, const base::Money& value);
    void money(std::string_view name, const std::optional<base::Money>& value) {
        if (value) {
            money(name, *value);
        }
    }
    void because(std::string_view name, const model::Because& value);
    void texts(std::string_view name, const std::vector<std::string>& values);

  private:
    base::JsonWriter& writer_;
};

struct View {
    Records& records;
    const Caller& caller;
    [[nodiscard]] bool personal() const { return (caller.scopes & scope::personal) != 0; }
};

using Written = base::Result<void>;
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view, const model::Order& record);
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view,
                                 const model::Shipment& record);
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view,
                                 const model::Customer& record);
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view, const model::Ticket& record);
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view,
                                 const model::Coverage& record);
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view, const model::Claim& record);
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view,
                                 const model::LedgerEntry& record);
// As a list shows it: without the rendered text, the address masked.
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view,
                                 const model::Notification& record);
[[nodiscard]] Written write_rendered_view(base::JsonWriter& writer, View& view,
                                          const model::Notification& record);
// As a list shows it: the answers without their reasons.
[[nodiscard]] Written write_view(base::JsonWriter& writer, View& view,
                                 const model::Incident& record);
[[nodiscard]] Written write_full_view(base::JsonWriter& writer, View& view,
                                      const model::Incident& record);

// One sentence of the team's words: key `team.<key>`, else `or_else`.
[[nodiscard]] std::string say(const text::Messages& messages, std::string_view key,
                              const text::Fields& fields, std::string_view or_else);
// The name of the destination's zone: of several, the one whose day ends last.
[[nodiscard]] const base::Zone* zone_of(const model::Catalog& catalog, const model::Area& area);
[[nodiscard]] std::string incident_sentence(Context& context, const model::Incident& incident);
// a…@example.com
[[nodiscard]] std::string masked_email(std::string_view email);
[[nodiscard]] std::string tracking_page_url(Context& context, model::ShipmentId shipment);

// Fields of a timeline's sentence: choices as words of the team (`word.<name>.<value>`).
[[nodiscard]] std::string timeline_sentence(Context& context, std::string_view locale,
                                            const model::TimelineEntry& entry);

}  // namespace aftermile::surface
