/// Literals, operators and functions on values, section by section of FHIRPath N1 2.0.0.
#include "fhirpath_fixture.h"

namespace {

TEST_F(Fhirpath, ReadsLiterals) {
    expect({{"1", "1"},
            {"1.50", "1.50"},
            {"'a\\'b\\u00e9\\n'", "a'bé\n"},
            {"'\\ud83d\\ude00'", "😀"},
            {"true", "true"},
            {"{}", ""},
            {"@2015-02", "2015-02"},
            {"@2015-02T", "2015-02"},
            {"@T14:30", "14:30"},
            {"@2015-02-04T14:34:28+09:00", "2015-02-04T14:34:28+09:00"},
            {"4 days", "4 days"},
            {"4.5 'mg'", "4.5 mg"},
            {"/* a */ 1 // b", "1"},
            {"%sct", "http://snomed.info/sct"},
            {"%`vs-administrative-gender`", "http://hl7.org/fhir/ValueSet/administrative-gender"},
            {"%vs-administrative-gender", "http://hl7.org/fhir/ValueSet/administrative-gender"},
            {"%'ext-patient-birthTime'",
             "http://hl7.org/fhir/StructureDefinition/patient-birthTime"}});
}

TEST_F(Fhirpath, BindsOperatorsByPrecedence) {
    expect({{"1 + 2 * 3", "7"},
            {"(1 + 2) * 3", "9"},
            {"7 - 2 - 1", "4"},
            {"-2 * 3", "-6"},
            {"-1.abs()", "-1"},
            {"1 | 2 | 1", "1 | 2"},
            {"1 + 1 = 2 and 3 > 2", "true"},
            {"1 in 1 | 2 = true", "false"},
            {"1 in (1 | 2)", "true"},
            {"true or false and false", "true"},
            {"false implies true xor true", "true"},
            {"1 is Integer and 'a' is String", "true"},
            {"1 > 2 is Boolean", "error"}});
}

TEST_F(Fhirpath, ComputesNumbersExactly) {
    expect({{"0.1 + 0.2 = 0.3", "true"},
            {"1 / 4", "0.25"},
            {"1 / 0", ""},
            {"5 div 2", "2"},
            {"-5 mod 3", "-2"},
            {"5.5 mod 0", ""},
            {"2147483647 + 1", ""},
            {"3000000000 + 1", "3000000001"},
            {"1.5.round()", "2"},
            {"(-1.55).round(1)", "-1.6"},
            {"2.power(10)", "1024"},
            {"2.power(0.5) > 1.41", "true"},
            {"16.log(2)", "4"},
            {"16.sqrt()", "4"},
            {"(-1).sqrt()", ""},
            {"0.ln()", ""},
            {"{} + 1", ""},
            {"1 + 'a'", "error"},
            {"+'a'", "error"}});
}

TEST_F(Fhirpath, FollowsThreeValuedLogic) {
    expect({{"true and {}", ""},
            {"false and {}", "false"},
            {"{} and false", "false"},
            {"{} or true", "true"},
            {"{} or false", ""},
            {"true xor {}", ""},
            {"{} implies true", "true"},
            {"true implies {}", ""},
            {"{}.not()", ""},
            {"true and 'x'", "true"},
            {"(true | false) and true", "error"}});
}

TEST_F(Fhirpath, ComparesAndEquates) {
    expect({{"1 = 1.0", "true"},
            {"1.10 ~ 1.1", "true"},
            {"1.13 ~ 1.1", "true"},
            {"'a' = 'A'", "false"},
            {"'a  b' ~ 'A b'", "true"},
            {"(1 | 2) = (2 | 1)", "false"},
            {"(1 | 2) ~ (2 | 1)", "true"},
            {"{} = 1", ""},
            {"{} ~ {}", "true"},
            {"1 = 'x'", "false"},
            {"1 < 'x'", "error"},
            {"'A' < 'a'", "true"},
            {"@2018-03 < @2018-03-01", ""},
            {"@2018-03-01 = @T10:00", "false"},
            {"(1 | 2) < 3", "error"}});
}

TEST_F(Fhirpath, KnowsUnits) {
    expect({{"4 'g' = 4000 'mg'", "true"},
            {"1 'L' = 1000 'mL'", "true"},
            {"1 '[in_i]' = 2.54 'cm'", "true"},
            {"7 days = 1 week", "true"},
            {"1 'wk' = 1 week", "true"},
            {"1 year = 12 months", "true"},
            {"1 year = 1 'a'", ""},
            {"1 year ~ 1 'a'", "true"},
            {"1 'cm' = 1 's'", ""},
            {"1 'cm' < 1 's'", ""},
            {"1 'zork' = 1 'zork'", "true"},
            {"1 'zork' = 2 'zork'", "false"},
            {"1 'km' + 1 'm'", "1001 m"},
            {"1 'cm' + 1 's'", ""},
            {"2 'm' * 3 'm' = 6 'm2'", "true"},
            {"6 'mg' / 2 'mL' = 3 'g/L'", "true"},
            {"120 'mm[Hg]' > 15 'kPa'", "true"},
            {"60 '/min' = 1 'Hz'", "true"},
            {"-5 'mg'", "-5 mg"},
            {"1 'g'.toQuantity('mg')", "1000 mg"},
            {"3 * 2 'mg'", "6 mg"}});
}

TEST_F(Fhirpath, AddsDurationsToDates) {
    expect({{"@2024-01-31 + 1 month", "2024-02-29"},
            {"@2024-03-31 - 1 month", "2024-02-29"},
            {"@2014 + 24 months", "2016"},
            {"@2024-01-01 + 3 'd'", "2024-01-04"},
            {"@2024-01-01 + 1 'mo'", "error"},
            {"@2024-01-01 + 1 'mg'", "error"},
            {"@2024-01-01 + 1", "error"},
            {"@T23:00 + 2 hours", "01:00"},
            {"@2024-01-01T00:00:00 + 1.5 seconds", "2024-01-01T00:00:01.500"}});
}

TEST_F(Fhirpath, TakesItsTimeFromTheContext) {
    expect({{"now()", "2025-03-18T09:42:10.000+01:00"},
            {"today()", "2025-03-18"},
            {"timeOfDay()", "09:42:10.000"},
            {"%context-time", "2025-03-18T09:42:10.000+01:00"},
            {"@2025-03-18T09:42:10 = now()", "true"}});
    context_.zone = "";
    expect({{"now()", "2025-03-18T08:42:10.000Z"}, {"@2025-03-18T09:42:10 = now()", ""}});
}

TEST_F(Fhirpath, HandlesTextByCharacters) {
    expect({{"'épée'.length()", "4"},
            {"'épée'.substring(1, 2)", "pé"},
            {"'abc'.substring(3)", ""},
            {"'abc'.substring(1, 0)", ""},
            {"'épée'.indexOf('e')", "3"},
            {"'abcb'.lastIndexOf('b')", "3"},
            {"'Évian'.upper() + 'ÇÀ'.lower()", "ÉVIANçà"},
            {"'œuvre'.upper()", "ŒUVRE"},
            {"'a,b,,c'.split(',')", "a | b |  | c"},
            {"('a' | 'b').join('-')", "a-b"},
            {"'ab'.toChars()", "a | b"},
            {"'  x '.trim()", "x"},
            {"'abc'.replace('b', '')", "ac"},
            {"'abc'.replace('', '-')", "-a-b-c-"},
            {"'2024-03-01'.matches('^\\\\d{4}-\\\\d\\\\d')", "true"},
            {"'abc'.matches('b')", "true"},
            {"'abc'.matchesFull('b')", "false"},
            {"'11/30/1972'.replaceMatches('\\\\b(?<month>\\\\d{1,2})/(?<day>\\\\d{1,2})/"
             "(?<year>\\\\d{2,4})\\\\b', '${day}-${month}-${year}')",
             "30-11-1972"},
            {"'ab'.replaceMatches('(a)', '$1$1')", "aab"},
            {"'abc'.matches('(')", "mistake"},
            {"'abc'.matches('(' + '')", "error"},
            {"'test'.encode('base64')", "dGVzdA=="},
            {"'dGVzdA=='.decode('base64')", "test"},
            {"'>>>'.encode('urlbase64')", "Pj4-"},
            {"'test'.encode('hex').decode('hex')", "test"},
            {"'<a>'.escape('html').unescape('html')", "<a>"},
            {"'a\"'.escape('json')", "a\\\""},
            {"'a' & {}", "a"},
            {"1 & 'a'", "1a"},
            {"1.length()", "error"},
            {"('a' | 'b').length()", "error"}});
}

TEST_F(Fhirpath, ConvertsBetweenTypes) {
    expect({{"'1'.toInteger()", "1"},
            {"'1.5'.toInteger()", ""},
            {"'3000000000'.convertsToInteger()", "false"},
            {"'1.50'.toDecimal()", "1.50"},
            {"'x'.toDecimal()", ""},
            {"'yes'.toBoolean()", "true"},
            {"2.toBoolean()", ""},
            {"1.0.toString()", "1.0"},
            {"@2015-02T14.toString()", "mistake"},
            {"@2015-02-04T14:00.toString()", "2015-02-04T14:00"},
            {"'2015-02-04T14:34:28Z'.toDate()", "2015-02-04"},
            {"'2015-02-04'.toDateTime()", "2015-02-04"},
            {"'14:30'.toTime()", "14:30"},
            {"'04/02/2015'.convertsToDate()", "false"},
            {"'4 days'.toQuantity()", "4 days"},
            {"'4 \\'mg\\''.toQuantity()", "4 mg"},
            {"'4 mg'.convertsToQuantity()", "false"},
            {"4 'mg'.toString()", "4 'mg'"},
            {"iif(true, 1, 1 / 'x')", "1"},
            {"iif(false, 1)", ""},
            {"(1 | 2).toString()", "error"}});
}

TEST_F(Fhirpath, WorksOnCollections) {
    expect({{"(3 | 1 | 2).sort()", "1 | 2 | 3"},
            {"(3 | 1 | 2).sort(-$this)", "3 | 2 | 1"},
            {"(1 | 2 | 3).where($this > 1)", "2 | 3"},
            {"(1 | 2 | 3).where($index = 1)", "2"},
            {"(1 | 2).select($this * 10)", "10 | 20"},
            {"(1 | 2 | 3).aggregate($total + $this, 0)", "6"},
            {"(1 | 2 | 3).first()", "1"},
            {"(1 | 2 | 3).last()", "3"},
            {"(1 | 2 | 3).tail()", "2 | 3"},
            {"(1 | 2 | 3).skip(1).take(1)", "2"},
            {"(1 | 2 | 3).take(-1)", ""},
            {"(1 | 2 | 3)[2]", "3"},
            {"(1 | 2 | 3)[9]", ""},
            {"(1 | 2).single()", "error"},
            {"(1 | 2).combine(2)", "1 | 2 | 2"},
            {"(1 | 2).union(2 | 3)", "1 | 2 | 3"},
            {"(1 | 2).intersect(2 | 3)", "2"},
            {"(1 | 2).exclude(2)", "1"},
            {"1.combine(1).isDistinct()", "false"},
            {"1.combine(1.0).distinct()", "1"},
            {"(1 | 2).subsetOf(1 | 2 | 3)", "true"},
            {"(1 | 2).supersetOf(3)", "false"},
            {"{}.all($this = 1)", "true"},
            {"(true | false).anyTrue()", "true"},
            {"(true | false).allTrue()", "false"},
            {"(true | 'x').allTrue()", "error"},
            {"1.repeat(iif($this < 4, $this + 1, {}))", "2 | 3 | 4"},
            {"{}.exists() or {}.empty()", "true"},
            {"('abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz').toChars()."
             "distinct().count()",
             "36"},
            {"0.repeat(iif($this < 99, $this + 1, {})).combine(7.0).distinct().count()", "99"},
            {"coalesce({}, 2, 3)", "2"},
            {"$index", "0"},
            {"$total", "error"}});
}

TEST_F(Fhirpath, DefinesVariables) {
    expect({{"defineVariable('x', 1 | 2).select(%x.count())", ""},
            {"1.defineVariable('x', 1 | 2).select(%x.count())", "2"},
            {"(1 | 2).defineVariable('x').select($this + %x.first())", "2 | 3"},
            {"1.defineVariable('x') | %x", "mistake"},
            {"1.defineVariable('resource')", "mistake"},
            {"1.select(defineVariable('x', $this)).select(%x)", "mistake"}});
}

TEST_F(Fhirpath, GivesBoundaries) {
    expect({{"1.587.lowBoundary()", "1.58650000"},
            {"1.587.highBoundary(2)", "1.59"},
            {"@2014-01.highBoundary()", "2014-01-31"},
            {"@T10:30.lowBoundary(9)", "10:30:00.000"},
            {"1.5870.precision()", "4"},
            {"@2014-01.precision()", "6"},
            {"1 'cm'.comparable(1 '[in_i]')", "true"}});
}

TEST_F(Fhirpath, TellsTypes) {
    expect({{"1.type().name", "Integer"},
            {"1.type().namespace", "System"},
            {"1 is System.Integer", "true"},
            {"1 is FHIR.integer", "false"},
            {"1.ofType(Integer)", "1"},
            {"1 as String", ""},
            {"(1 | 'a' | true).ofType(String)", "a"},
            {"1 is System.Nothing", "mistake"}});
}

TEST_F(Fhirpath, ReadsTheHost) {
    context_.set("partner", "chu-test");
    context_.set("sending_facility", "RESO");
    const fhirpath::Collection values{
        fhirpath::Value::string("Abc"),
        fhirpath::Value::scalar(fhirpath::Value::Type::decimal, "1.50"),
        fhirpath::Value::scalar(fhirpath::Value::Type::quantity, "2", "mg"),
        fhirpath::Value::of(true)};
    variables_ = {"r", "unset"};
    environment_.variable = [&](std::string_view name, std::size_t) {
        return name == "r" ? &values : nullptr;
    };
    expect({{"%context-partner", "chu-test"},
            {"%context-sending_facility & '-' & %`context-partner`", "RESO-chu-test"},
            {"%context-none", ""},
            {"r.first().lower()", "abc"},
            {"'urn:' + r[0]", "urn:Abc"},
            {"%r[1] + 1", "2.50"},
            {"r[2] = 2000 'ug'", "true"},
            {"r[3]", "true"},
            {"%unset", ""},
            {"unset.exists()", "false"}});
}

}  // namespace
