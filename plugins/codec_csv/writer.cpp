#include "writer.h"

#include <algorithm>
#include <list>
#include <map>

#include "common/csv/writer.h"
#include "common/text/text.h"
#include "gateway/guard.h"
#include "gateway/pack.h"

namespace csv {
using gateway::Bytes;
using gateway::Error;
using gateway::Fault;
using gateway::Issues;
using gateway::Kind;
using gateway::Node;
using gateway::Severity;

namespace {

bool isEmptyList(Node node) { return node.kind() == Kind::list && node.children().empty(); }
bool isCell(Node node) { return node.children().empty(); }

void checkRow(Node row) {
    for (const Node cell : row.children())
        if (!isCell(cell))
            throw Error(Fault::rejected, cell.path(),
                        {"found a value with parts, expected plain values: a row has no more",
                         "trouvé une valeur à plusieurs parties, attendu des valeurs simples : une "
                         "ligne n'a rien d'autre"});
}

/// Columns of rows, each put after the one that stands before it in its row.
class Columns {
public:
    /// The columns that a model has, in its order, go before.
    explicit Columns(const gateway::ModelType* row) {
        if (row == nullptr) return;
        for (const gateway::ModelElement& element : row->elements)
            put(order_.end(), {element.name.text(), 0});
    }

    void add(Node row) {
        auto after = order_.begin();
        eachCell(row, [&](const Column& column, Node cell) {
            auto known = known_.find(column);
            if (known == known_.end()) {
                if (order_.size() == kMostColumns) refuse(cell);
                known = put(after, column);
            }
            after = std::next(known->second);
        });
    }

    std::vector<std::string> header() {
        std::vector<std::string> names;
        for (const Column& column : order_) {
            place_[column] = names.size();
            names.emplace_back(column.first);
        }
        return names;
    }

    /// After header().
    std::vector<std::string> values(Node row, bool comma) const {
        std::vector<std::string> values(order_.size());
        eachCell(row, [&](const Column& column, Node cell) {
            values[place_.at(column)] = textOf(cell, comma);
        });
        return values;
    }

private:
    using Column = std::pair<std::string_view, std::size_t>;  ///< and which of that name in its row
    using Order = std::list<Column>;

    std::map<Column, Order::iterator>::iterator put(Order::iterator before, const Column& column) {
        return known_.emplace(column, order_.insert(before, column)).first;
    }

    template <class Take>
    static void eachCell(Node row, Take take) {
        std::map<std::string_view, std::size_t> met;
        for (const Node cell : row.children())
            if (!isEmptyList(cell)) take(Column{cell.name(), met[cell.name()]++}, cell);
    }

    [[noreturn]] static void refuse(Node cell) {
        throw Error(Fault::rejected, cell.path(),
                    gateway::say("found more than {0} columns", "trouvé plus de {0} colonnes",
                                 {std::to_string(kMostColumns)}));
    }

    static std::string textOf(Node cell, bool comma) {
        std::string text(cell.text());
        const std::size_t point = text.find('.');
        const bool decimal = comma && point != text.npos && point > 0 && point + 1 < text.size() &&
                             text.find_first_not_of("0123456789.", text[0] == '-') == text.npos &&
                             text.find('.', point + 1) == text.npos;
        if (decimal) text[point] = ',';
        return text;
    }

    Order order_;
    std::map<Column, Order::iterator> known_;
    std::map<Column, std::size_t> place_;
};

/// The type that the model gives to the rows of a file.
const gateway::ModelType* rowType(const Options& options, std::string_view file) {
    if (options.model == nullptr) return nullptr;
    for (const gateway::ModelElement& element : options.model->elements)
        if (element.name.text() == file && element.types.size() == 1) return element.types.front();
    return nullptr;
}

class Writer {
public:
    Writer(const Options& options, Issues& issues) : options_(options), issues_(issues) {}

    std::string file(const std::vector<Node>& rows, const gateway::ModelType* row) {
        Columns columns(row);
        for (const Node one : rows) {
            checkRow(one);
            columns.add(one);
        }
        std::string text;
        const std::vector<std::string> header = columns.header();
        if (rows.size() > kMostCells / std::max<std::size_t>(header.size(), 1))
            throw Error(Fault::rejected, rows.front().path(),
                        {"found too many rows for that many columns",
                         "trouvé trop de lignes pour tant de colonnes"});
        record(text, header);
        for (const Node one : rows) {
            const std::vector<std::string> values = columns.values(one, options_.comma);
            if (std::all_of(values.begin(), values.end(),
                            [](const std::string& value) { return value.empty(); }))
                text += "\"\"";  // separators alone are no row
            record(text, values);
        }
        std::size_t lost = 0;
        std::string bytes = text::encodedAs(text, options_.encoding, lost);
        if (lost > 0)
            issues_.add(Severity::error, rows.empty() ? "/" : rows.front().path(),
                        gateway::say("{0} characters that the charset does not have became '?'",
                                     "{0} caractères que le jeu ne possède pas sont devenus « ? »",
                                     {std::to_string(lost)}));
        return options_.mark ? std::string(text::kByteOrderMark) + bytes : bytes;
    }

private:
    void record(std::string& text, std::vector<std::string> fields) const {
        if (options_.guarded)
            for (std::string& field : fields) field = gateway::guard::asCell(field);
        writeRecord(text, fields, options_.separator ? options_.separator : ';');
        if (options_.returns) text.replace(text.size() - 1, 1, "\r\n");
    }

    const Options& options_;
    Issues& issues_;
};

/// The files that a model has and the tree has no row of: their columns alone.
std::vector<std::string_view> rowless(const Options& options,
                                      const std::map<std::string_view, std::size_t>& known) {
    std::vector<std::string_view> files;
    if (options.model == nullptr) return files;
    for (const gateway::ModelElement& element : options.model->elements)
        if (rowType(options, element.name.text()) != nullptr &&
            !rowType(options, element.name.text())->elements.empty() &&
            !known.contains(element.name.text()))
            files.push_back(element.name.text());
    return files;
}

}  // namespace

bool writesPacks(const Options& options) {
    return options.alwaysPack || rowless(options, {}).size() > 1;
}

void write(Node root, const Options& options, gateway::Sink& out, Issues& issues) {
    std::vector<std::pair<std::string_view, std::vector<Node>>> files;
    std::map<std::string_view, std::size_t> known;
    bool plain = false;
    for (const Node child : root.children()) {
        if (isEmptyList(child)) continue;
        plain |= isCell(child) && (child.hasText() || child.isNull());
        const auto [at, fresh] = known.try_emplace(child.name(), files.size());
        if (fresh) files.push_back({child.name(), {}});
        files[at->second].second.push_back(child);
    }
    if (plain) files = {{options.row, {root}}};
    if (files.empty())
        throw Error(Fault::rejected, root.path(),
                    {"found no row, expected some: a table has the columns of its rows",
                     "pas de ligne trouvée, attendu au moins une : une table a les colonnes de ses "
                     "lignes"});
    Writer writer(options, issues);
    const std::vector<std::string_view> others = rowless(options, known);
    const bool modelled = !others.empty() && rowType(options, files.front().first) != nullptr;
    const bool pack = options.alwaysPack || modelled || files.size() > 1 || root.name() == "pack";
    if (!pack) {
        const auto& [name, rows] = files.front();
        out << writer.file(rows, plain ? options.model : rowType(options, name));
        return;
    }
    std::vector<gateway::PackedFile> made;
    for (const auto& [name, rows] : files)
        made.push_back(
            {std::string(name) + ".csv", Bytes(writer.file(rows, rowType(options, name)))});
    for (const std::string_view name : others)
        made.push_back(
            {std::string(name) + ".csv", Bytes(writer.file({}, rowType(options, name)))});
    out << gateway::packed(std::move(made)).view();
}

}  // namespace csv
