/// @file  Expressions as tests of them use them: over trees written in code, answers as texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhirpath.h"
#include "support/plugins.h"

class Fhirpath : public testing::Test {
protected:
    Fhirpath() {
        context_.now = gateway::timeFromText("2025-03-18T08:42:10.000Z");
        environment_.context = &context_;
    }

    /// The results joined by " | "; "error" when it cannot be evaluated, "mistake" when it does not
    /// compile.
    std::string answer(const std::string& text, gateway::Node focus = {}) {
        gateway::Findings findings;
        const auto expression =
            fhirpath::Expression::compile(text, {}, findings, nullptr, variables_);
        if (!expression) return "mistake";
        try {
            return joined(expression->evaluate(focus, environment_));
        } catch (const gateway::Error& error) {
            EXPECT_EQ(gateway::Fault::rejected, error.fault);
            return "error";
        }
    }

    /// "line:column text" of what compiling it finds first.
    static std::string mistake(const std::string& text,
                               const std::vector<std::string>& variables = {}) {
        gateway::Findings findings;
        const auto expression =
            fhirpath::Expression::compile(text, {}, findings, nullptr, variables);
        EXPECT_EQ(findings.failed(), !expression.has_value());
        if (findings.all().empty()) return {};
        const gateway::Finding& first = findings.all().front();
        return std::to_string(first.where.line) + ":" + std::to_string(first.where.column) + " " +
               first.text;
    }

    static std::string joined(const fhirpath::Collection& values) {
        std::string text;
        for (const fhirpath::Value& value : values) {
            if (&value != values.begin()) text += " | ";
            text += value.text();
            if (value.type() == fhirpath::Value::Type::quantity)
                text += " " + std::string(value.unit());
        }
        return text;
    }

    struct Row {
        std::string expression, expected;
    };
    void expect(const std::vector<Row>& rows, gateway::Node focus = {}) {
        for (const Row& row : rows)
            EXPECT_EQ(row.expected, answer(row.expression, focus)) << row.expression;
    }

    gateway::Context context_;
    fhirpath::Environment environment_;
    std::vector<std::string> variables_;
};
