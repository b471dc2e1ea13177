#include <algorithm>

#include "fhirpath.h"
#include "fhirpath_check.h"
#include "fhirpath_code.h"
#include "fhirpath_machine.h"
#include "fhirpath_parser.h"

namespace fhirpath {
namespace {
constexpr std::size_t kLongestText = 256 * 1024;

template <class AnyOperation, class Visit>
void visitAll(AnyOperation& operation, const Visit& visit) {
    visit(operation);
    if (operation.left) visitAll<AnyOperation>(*operation.left, visit);
    if (operation.right) visitAll<AnyOperation>(*operation.right, visit);
    for (const Step& step : operation.steps)
        for (const Operand& argument : step.arguments)
            if (argument) visitAll<AnyOperation>(*argument, visit);
}

/// Gives each variable its place in `variables`, so that the host finds it without its name.
void number(Expression::Code& code) {
    std::vector<std::string>& names = code.variables;
    visitAll(*code.root, [&](Operation& operation) {
        if (operation.kind != Operation::Kind::variable) return;
        const auto known = std::find(names.begin(), names.end(), operation.name);
        operation.ordinal = static_cast<std::uint32_t>(known - names.begin());
        if (known == names.end()) names.emplace_back(operation.name);
    });
}

}  // namespace

Value Value::of(bool yes) { return scalar(Type::boolean, yes ? "true" : "false"); }
Value Value::string(std::string text) { return scalar(Type::string, std::move(text)); }

Value Value::scalar(Type type, std::string text, std::string_view unit) {
    Value value;
    value.type_ = type;
    value.size_ = static_cast<std::uint32_t>(text.size());
    value.text_ = std::move(text);
    value.text_ += unit;
    return value;
}

std::string_view Value::unit() const {
    return type_ == Type::node ? std::string_view{} : std::string_view(text_).substr(size_);
}

std::string_view Value::typeName() const {
    if (type_ == Type::node) return node_.type();
    Item item;
    item.type = type_;
    return typeOf(item);
}

std::string Value::resultType() const {
    std::string name(typeName());
    if (name.empty()) name = plainType(node_);
    if (!name.empty() && type_ != Type::quantity && type_ != Type::typeInfo &&
        (type_ != Type::node || node_.hasText()))
        name[0] =
            name[0] >= 'A' && name[0] <= 'Z' ? static_cast<char>(name[0] - 'A' + 'a') : name[0];
    return name;
}

std::string Value::resultText() const {
    std::string text(this->text());
    if (type_ != Type::quantity) return text;
    const bool word = isCalendarWord(unit());
    return (text += word ? " " : " '").append(unit()).append(word ? "" : "'");
}

void Collection::add(Value value) {
    if (size_ == 1) more_.push_back(std::move(one_));
    more_.push_back(std::move(value));
}

gateway::Place Expression::Code::place(std::uint32_t offset) const {
    gateway::Place place = where;
    if (place.line == 0) place.line = 1;
    if (place.column == 0) place.column = 1;
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        if (text[i] == '\n') {
            ++place.line;
            place.column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            ++place.column;
        }
    }
    return place;
}

Expression::Expression(std::unique_ptr<const Code> code) : code_(std::move(code)) {}
Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

std::optional<Expression> Expression::compile(std::string_view text, const gateway::Place& where,
                                              gateway::Findings& findings, std::size_t* stopped,
                                              const std::vector<std::string>& variables,
                                              const std::vector<const gateway::Model*>& models) {
    auto code = std::make_unique<Code>();
    code->text = stopped ? text.substr(0, kLongestText) : text;
    code->where = where;
    if (code->text.size() > kLongestText) {
        findings.error(where, {"the expression is too long", "l'expression est trop longue"});
        return std::nullopt;
    }
    Parser parser(*code, {&variables, &models, stopped != nullptr}, findings);
    code->root = parser.parse();
    if (!code->root) return std::nullopt;
    number(*code);
    if (stopped) *stopped = parser.stopped();
    code->text.resize(parser.stopped());
    return Expression(std::move(code));
}

namespace {

Collection result(const Expression::Code& code, Environment& with, View focus) {
    Machine machine(code, with);
    const View items = machine.run(focus);
    Collection values;
    for (const Item& item : items) values.push_back(machine.exported(item));
    return values;
}

}  // namespace

Collection Expression::evaluate(gateway::Node focus, Environment& with) const {
    const Item item = Item::of(focus);
    return result(*code_, with, focus ? View(&item, 1) : View());
}

Collection Expression::evaluate(const Collection& focus, Environment& with) const {
    // The items that a host made are read in the memory of this evaluation.
    Machine machine(*code_, with);
    List items(machine.arena());
    for (const Value& value : focus) items.push(machine.import(value));
    Collection values;
    for (const Item& item : machine.run(items.view())) values.push_back(machine.exported(item));
    return values;
}

void Expression::check(const gateway::ModelType* focus,
                       const std::vector<const gateway::Model*>& models,
                       gateway::Findings& findings, const VariableTypes& variables) const {
    Checker(*code_, models, findings, variables).check(focus);
}

std::vector<std::string> Expression::variables() const { return code_->variables; }

std::vector<std::pair<std::string, gateway::Place>> Expression::contextNames() const {
    std::vector<std::pair<std::string, gateway::Place>> names;
    visitAll<const Operation>(*code_->root, [&](const Operation& operation) {
        if (operation.kind == Operation::Kind::context)
            names.emplace_back(operation.name, code_->place(operation.at));
    });
    return names;
}

bool Expression::holds(gateway::Node focus, Environment& with) const {
    Machine machine(*code_, with);
    const Item item = Item::of(focus);
    const View items = machine.run(focus ? View(&item, 1) : View());
    return machine.condition(items, code_->root->at).value_or(false);
}

}  // namespace fhirpath
