#include "base/csv.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace aftermile::base {
namespace {

using Record = std::vector<std::string>;
using Records = std::vector<Record>;

// Every record of a text; a refused line becomes a record of its code, pointer and detail.
Records all(std::string_view text, char delimiter = ',', CsvLimits limits = {}) {
    CsvReader reader(text, delimiter, limits);
    Records records;
    for (;;) {
        Record record;
        const auto more = reader.next(record);
        if (!more) {
            records.push_back({more.error().code, more.error().pointer, more.error().detail});
        } else if (!*more) {
            return records;
        } else {
            records.push_back(record);
        }
    }
}

TEST(Csv, reads_records_with_either_line_end) {
    EXPECT_EQ(all("a,b\r\n1,2\r\n"), (Records{{"a", "b"}, {"1", "2"}}));
    EXPECT_EQ(all("a,b\n1,2"), (Records{{"a", "b"}, {"1", "2"}}));
    EXPECT_EQ(all(""), Records{});
    EXPECT_EQ(all("\n\r\n"), Records{});
    EXPECT_EQ(all("a\n\n\nb\n"), (Records{{"a"}, {"b"}}));
    EXPECT_EQ(all(",\n"), (Records{{"", ""}}));
    EXPECT_EQ(all("a,"), (Records{{"a", ""}}));
    EXPECT_EQ(all("\xEF\xBB\xBF"
                  "a;b",
                  ';'),
              (Records{{"a", "b"}}));
}

TEST(Csv, quotes_hold_delimiters_lines_and_quotes) {
    EXPECT_EQ(all("\"a,b\",\"c\r\nd\",\"e\"\"f\",\"\"\n"),
              (Records{{"a,b", "c\r\nd", "e\"f", ""}}));
    EXPECT_EQ(all("\"\xEF\xBB\xBF\"\n"), (Records{{"\xEF\xBB\xBF"}}));
}

TEST(Csv, refusals_name_the_line_and_reading_goes_on) {
    EXPECT_EQ(
        all("a,b\nx\"y,1\nc,d\n"),
        (Records{{"a", "b"},
                 {"bad_csv", "line 2", "Line 2 has a quote within a field that is not quoted."},
                 {"c", "d"}}));
    EXPECT_EQ(all("\"a\nb\"\n\"c\"d\ne")[1][1], "line 3");
    EXPECT_EQ(
        all("a\n\"b,c\nd\n"),
        (Records{
            {"a"}, {"bad_csv", "line 2", "Line 2 opens a quote that nothing closes."}, {"d"}}));
    EXPECT_EQ(all("a\rb\n")[0][2], "Line 1 has a carriage return without a line feed.");
}

TEST(Csv, line_is_where_the_record_begins) {
    CsvReader reader("a\n\n\"b\nc\"\nd\n", ',');
    Record record;
    std::vector<std::size_t> lines;
    while (*reader.next(record)) {
        lines.push_back(reader.line());
    }
    EXPECT_EQ(lines, (std::vector<std::size_t>{1, 3, 5}));
}

TEST(Csv, fields_and_their_number_are_limited) {
    const CsvLimits limits{.fields_max = 2, .field_bytes_max = 3};
    EXPECT_EQ(all("a,b\nabc,\"abc\"\n", ',', limits), (Records{{"a", "b"}, {"abc", "abc"}}));
    EXPECT_EQ(all("a,b,c\n", ',', limits)[0][0], "bad_csv");
    EXPECT_EQ(all("abcd\n", ',', limits)[0][0], "bad_csv");
    EXPECT_EQ(all("\"abcd\"\n", ',', limits)[0][0], "bad_csv");
}

TEST(Csv, delimiter_is_what_the_first_line_has_most_of) {
    EXPECT_EQ(guess_delimiter("a,b\nc;d;e;f"), ',');
    EXPECT_EQ(guess_delimiter("a;b;c,d\n"), ';');
    EXPECT_EQ(guess_delimiter("a\tb\n"), '\t');
    EXPECT_EQ(guess_delimiter("\"a;b;c\",d\n"), ',');
    EXPECT_EQ(guess_delimiter("\"a\n;;\",b\n"), ',');
    EXPECT_EQ(guess_delimiter("single"), ',');
}

TEST(Csv, writer_defuses_formulas_and_keeps_negative_numbers) {
    const auto written = [](std::string_view value) {
        std::string out;
        CsvWriter(out).text(value);
        return out;
    };
    EXPECT_EQ(written("=1+1"), "'=1+1");
    EXPECT_EQ(written("+49 170"), "\"'+49 170\"");
    EXPECT_EQ(written("@SUM(A1)"), "'@SUM(A1)");
    EXPECT_EQ(written("-2+3"), "'-2+3");
    EXPECT_EQ(written("-"), "'-");
    EXPECT_EQ(written("-1."), "'-1.");
    EXPECT_EQ(written("-.5"), "'-.5");
    EXPECT_EQ(written("-1e5"), "'-1e5");
    EXPECT_EQ(written("\t=1"), "\"'\t=1\"");
    EXPECT_EQ(written("\r=1"), "\"'\r=1\"");
    EXPECT_EQ(written(std::string_view("\0=1", 3)), std::string("'\0=1", 4));
    EXPECT_EQ(written("-12"), "-12");
    EXPECT_EQ(written("-49.99"), "-49.99");
    EXPECT_EQ(written("plain"), "plain");
    EXPECT_EQ(written("a=b"), "a=b");
    EXPECT_EQ(written("=\"a\""), "\"'=\"\"a\"\"\"");
}

TEST(Csv, writer_separates_and_ends_records) {
    std::string out;
    CsvWriter writer(out, ';');
    writer.text("a;b");
    writer.integer(-5);
    writer.end_record();
    writer.text("");
    writer.text("c");
    writer.end_record();
    EXPECT_EQ(out, "\"a;b\";-5\r\n;c\r\n");
}

RC_GTEST_PROP(Csv, what_is_written_reads_back, ()) {
    const char delimiter = *rc::gen::element(',', ';', '\t');
    const auto letter = rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                       rc::gen::element('"', ',', ';', '\t', '\r', '\n', ' ', 'a'));
    const auto records = *rc::gen::container<Records>(
        rc::gen::nonEmpty(rc::gen::container<Record>(rc::gen::container<std::string>(letter))));
    std::string out;
    CsvWriter writer(out, delimiter);
    Records expected;
    for (const Record& record : records) {
        writer.text("x");  // a record of one empty field is a blank line
        expected.push_back({"x"});
        for (const std::string& field : record) {
            std::string alone;
            CsvWriter(alone, delimiter).text(field);
            writer.text(field);
            const bool defused = alone.starts_with('\'') || alone.starts_with("\"'");
            const bool as_given = field.starts_with('\'');
            expected.back().push_back(defused && !as_given ? "'" + field : field);
        }
        writer.end_record();
    }
    RC_ASSERT(all(out, delimiter) == expected);
}

}  // namespace
}  // namespace aftermile::base
