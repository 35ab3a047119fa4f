// Comma-separated values, RFC 4180 and what people really send: a byte order mark, CRLF or LF,
// semicolons and tabs. The reader streams records over a text that outlives it; the writer makes
// files that a spreadsheet opens without running anything.
//
//   base::CsvReader reader(text, base::guess_delimiter(text));
//   std::vector<std::string> record;
//   while (true) {
//       auto more = reader.next(record);      // error: bad_csv, pointer "line 7"
//       if (!more || !*more) { break; }
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aftermile::base {

struct CsvLimits {
    std::size_t fields_max = 1024;
    std::size_t field_bytes_max = std::size_t{64} << 10;
};

// The one of comma, semicolon and tab that the first line has most of outside quotes.
[[nodiscard]] char guess_delimiter(std::string_view text);

// Grammar: record = field (delimiter field)* (CRLF | LF | end); field = quoted | plain;
// quoted = '"' ('""' | any byte but '"')* '"'; plain holds no quote, delimiter, CR or LF.
// Blank lines are skipped. Fields are bytes: their encoding is the caller's to check.
class CsvReader {
  public:
    CsvReader(std::string_view text, char delimiter, CsvLimits limits = {});

    // Fills `record`, reusing its memory; false at the end. Code `bad_csv`, with the line in
    // `pointer`; after an error reading can go on with the next line.
    [[nodiscard]] Result<bool> next(std::vector<std::string>& record);
    // The line, from 1, where the record that `next` gave last begins.
    [[nodiscard]] std::size_t line() const { return record_line_; }

  private:
    enum class FieldEnd : unsigned char { delimiter, record, error };

    FieldEnd read_field(std::string& field);
    FieldEnd read_quoted(std::string& field);
    FieldEnd read_plain(std::string& field);
    FieldEnd end_of_field();
    FieldEnd broken(const char* detail, std::size_t line);
    void skip_blank_lines();
    void skip_line();
    bool take_line_end();

    std::string_view text_;
    char delimiter_;
    CsvLimits limits_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t record_line_ = 0;
    std::string problem_;
    std::size_t problem_line_ = 0;
};

// Appends records with CRLF to a text that outlives it.
class CsvWriter {
  public:
    explicit CsvWriter(std::string& out, char delimiter = ',') : out_(out), delimiter_(delimiter) {}

    // A text that a spreadsheet would read as a formula, because it starts with = + - @ TAB CR or
    // NUL, gets an apostrophe in front, unless it is a plain negative number.
    void text(std::string_view value);
    void integer(std::int64_t value);
    void end_record();

  private:
    void separate();
    std::string& out_;
    char delimiter_;
    bool first_ = true;
};

}  // namespace aftermile::base
