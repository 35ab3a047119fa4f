#include "base/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"

namespace aftermile::base {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view without_mark(std::string_view text) {
    return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "-12", "-0.5": what a spreadsheet keeps as a number and never as a formula.
bool is_negative_number(std::string_view text) {
    if (text.size() < 2 || text.front() != '-') {
        return false;
    }
    text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == text.size() ? "0" : text.substr(point + 1);
    return !whole.empty() && !fraction.empty() &&
           std::all_of(whole.begin(), whole.end(), is_digit) &&
           std::all_of(fraction.begin(), fraction.end(), is_digit);
}

bool starts_formula(std::string_view text) {
    constexpr std::string_view leads("=+-@\t\r\0", 7);
    return !text.empty() && leads.find(text.front()) != std::string_view::npos &&
           !is_negative_number(text);
}

}  // namespace

char guess_delimiter(std::string_view text) {
    std::size_t commas = 0;
    std::size_t semicolons = 0;
    std::size_t tabs = 0;
    bool quoted = false;
    for (const char c : without_mark(text)) {
        if (c == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            if (c == '\n') {
                break;
            }
            commas += c == ',' ? 1 : 0;
            semicolons += c == ';' ? 1 : 0;
            tabs += c == '\t' ? 1 : 0;
        }
    }
    if (tabs > commas && tabs > semicolons) {
        return '\t';
    }
    return semicolons > commas ? ';' : ',';
}

CsvReader::CsvReader(std::string_view text, char delimiter, CsvLimits limits)
    : text_(without_mark(text)), delimiter_(delimiter), limits_(limits) {
    check(delimiter != '"' && delimiter != '\n' && delimiter != '\r',
          "a delimiter is neither a quote nor a line end");
}

Result<bool> CsvReader::next(std::vector<std::string>& record) {
    skip_blank_lines();
    record_line_ = line_;
    if (at_ >= text_.size()) {
        record.clear();
        return false;
    }
    std::size_t count = 0;
    FieldEnd end = FieldEnd::delimiter;
    while (end == FieldEnd::delimiter) {
        if (count == limits_.fields_max) {
            end = broken("has too many fields", record_line_);
            break;
        }
        if (count == record.size()) {
            record.emplace_back();
        }
        std::string& field = record[count];
        ++count;
        field.clear();
        end = read_field(field);
    }
    if (end == FieldEnd::error) {
        skip_line();
        record.clear();
        return fail("bad_csv", fmt::format("Line {} {}.", problem_line_, problem_),
                    fmt::format("line {}", problem_line_));
    }
    record.resize(count);
    return true;
}

CsvReader::FieldEnd CsvReader::read_field(std::string& field) {
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    return quoted ? read_quoted(field) : read_plain(field);
}

CsvReader::FieldEnd CsvReader::read_quoted(std::string& field) {
    const std::size_t opened = line_;
    const std::size_t first = at_;
    ++at_;
    for (;;) {
        const std::size_t quote = text_.find('"', at_);
        if (quote == std::string_view::npos) {
            at_ = first;  // reading goes on with the next line, not at the end of the file
            line_ = opened;
            return broken("opens a quote that nothing closes", opened);
        }
        const std::string_view piece = text_.substr(at_, quote - at_);
        if (field.size() + piece.size() > limits_.field_bytes_max) {
            at_ = first;
            line_ = opened;
            return broken("has a field that is too long", opened);
        }
        field.append(piece);
        line_ += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
        at_ = quote + 1;
        if (at_ >= text_.size() || text_[at_] != '"') {
            return end_of_field();
        }
        field.push_back('"');
        ++at_;
    }
}

CsvReader::FieldEnd CsvReader::read_plain(std::string& field) {
    const std::size_t first = at_;
    while (at_ < text_.size()) {
        const char c = text_[at_];
        if (c == delimiter_ || c == '\n' || c == '\r') {
            break;
        }
        if (c == '"') {
            return broken("has a quote within a field that is not quoted", line_);
        }
        ++at_;
    }
    if (at_ - first > limits_.field_bytes_max) {
        return broken("has a field that is too long", line_);
    }
    field.assign(text_.substr(first, at_ - first));
    return end_of_field();
}

CsvReader::FieldEnd CsvReader::end_of_field() {
    if (at_ >= text_.size() || take_line_end()) {
        return FieldEnd::record;
    }
    if (text_[at_] == delimiter_) {
        ++at_;
        return FieldEnd::delimiter;
    }
    if (text_[at_] == '\r') {
        return broken("has a carriage return without a line feed", line_);
    }
    return broken("goes on after a closing quote", line_);
}

CsvReader::FieldEnd CsvReader::broken(const char* detail, std::size_t line) {
    problem_ = detail;
    problem_line_ = line;
    return FieldEnd::error;
}

bool CsvReader::take_line_end() {
    const std::string_view left = text_.substr(at_, 2);
    const std::size_t size = left == "\r\n" ? 2 : (left.starts_with('\n') ? 1 : 0);
    at_ += size;
    line_ += size > 0 ? 1 : 0;
    return size > 0;
}

void CsvReader::skip_blank_lines() {
    while (at_ < text_.size() && take_line_end()) {
    }
}

void CsvReader::skip_line() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    ++line_;
}

void CsvWriter::separate() {
    if (!first_) {
        out_.push_back(delimiter_);
    }
    first_ = false;
}

void CsvWriter::text(std::string_view value) {
    separate();
    const bool formula = starts_formula(value);
    const bool quoted =
        value.find_first_of(std::string_view("\"\r\n\t ,;", 7)) != std::string_view::npos ||
        value.find(delimiter_) != std::string_view::npos || value.starts_with(byte_order_mark);
    if (!quoted) {
        out_.append(formula ? "'" : "").append(value);
        return;
    }
    out_.push_back('"');
    out_.append(formula ? "'" : "");
    for (const char c : value) {
        out_.append(c == '"' ? 2 : 1, c);
    }
    out_.push_back('"');
}

void CsvWriter::integer(std::int64_t value) {
    separate();
    out_.append(std::to_string(value));
}

void CsvWriter::end_record() {
    out_.append("\r\n");
    first_ = true;
}

}  // namespace aftermile::base
