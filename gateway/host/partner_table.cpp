#include "host/partner_table.h"

#include <algorithm>

#include "common/csv/reader.h"
#include "common/csv/spoiled.h"
#include "common/text/decoding.h"

namespace gateway {
namespace {

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
constexpr std::string_view kAnyone = "anyone";
constexpr std::string_view kValues = "values.";

/// Of a partner's file too; the name comes first.
const std::vector<std::string> kKeys = {"name",    "label",    "category",
                                        "contact", "endpoint", "destinations"};

/// What a column is in the file of a partner.
struct Column {
    enum class What { none, name, key, value, identifier };
    What what = What::none;
    std::string key;
    Place where;
};

ConfigNode scalar(std::string_view text, const Place& where, const Place& keyWhere) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::scalar;
    node.text = text;
    node.quoted = true;
    node.where = where;
    node.keyWhere = keyWhere;
    return node;
}

class Table {
public:
    Table(std::string_view text, const std::string& path, Findings& findings)
        : reader_(text), path_(path), findings_(findings) {}

    std::vector<ConfigFile> read() {
        std::vector<ConfigFile> rows;
        if (!nextRow() || !readColumns()) return rows;
        while (nextRow()) rows.push_back(row());
        reportSpoiled(rows);
        return rows;
    }

private:
    bool nextRow() {
        while (reader_.next())
            if (!reader_.blank() && !reader_[0].starts_with('#')) return true;
        return false;
    }

    Place place(const csv::Position& at) const { return {path_, at.line, at.column}; }
    Place placeOf(std::size_t field) const {
        return place(reader_.position(reader_.fields()[field].at));
    }

    bool readColumns() {
        if (reader_.mistake()) {
            findings_.error(place(reader_.mistake()->where), reader_.mistake()->text);
            return false;
        }
        bool named = false;
        for (std::size_t i = 0; i < reader_.fields().size(); ++i) {
            columns_.push_back(column(i));
            named = named || columns_.back().what == Column::What::name;
        }
        if (!named)
            findings_.error(place({reader_.line(), 1}),
                            {"the table of partners has no column 'name'",
                             "le tableau des partenaires n'a pas de colonne « name »"});
        return named;
    }

    Column column(std::size_t field) {
        const std::string name(reader_[field]);
        const Place where = placeOf(field);
        if (name.empty()) return {};
        for (const Column& other : columns_)
            if (other.key == name) {
                findings_.error(where, say("the column '{0}' stands here already",
                                           "la colonne « {0} » est déjà là", {name}));
                return {};
            }
        if (name == kKeys.front()) return {Column::What::name, name, where};
        if (std::find(kKeys.begin(), kKeys.end(), name) != kKeys.end())
            return {Column::What::key, name, where};
        if (name.starts_with(kValues) && name.size() > kValues.size())
            return {Column::What::value, name, where};
        if (const std::string meant = nearest(name, kKeys); !meant.empty())
            findings_.warning(where,
                              say("the column '{0}' is taken as a scheme of identifiers; did "
                                  "you mean '{1}'?",
                                  "la colonne « {0} » est prise comme un système "
                                  "d'identifiants ; vouliez-vous dire « {1} » ?",
                                  {name, meant}));
        return {Column::What::identifier, name, where};
    }

    ConfigFile row() {
        ConfigFile file;
        file.path = path_;
        file.root.kind = ConfigNode::Kind::map;
        file.root.where = file.root.keyWhere = place({reader_.line(), 1});
        ConfigNode identifiers, values;
        for (ConfigNode* const section : {&identifiers, &values}) {
            section->kind = ConfigNode::Kind::map;
            section->where = section->keyWhere = file.root.where;
        }
        for (std::size_t i = 0; i < std::min(columns_.size(), reader_.fields().size()); ++i) {
            const std::string_view text = reader_[i];
            if (text.empty()) continue;
            const Column& column = columns_[i];
            ConfigNode node = scalar(text, placeOf(i), column.where);
            switch (column.what) {
                case Column::What::none: break;
                case Column::What::name: file.name = text; break;
                case Column::What::key:
                    file.root.items.emplace_back(column.key, std::move(node));
                    break;
                case Column::What::value:
                    values.items.emplace_back(column.key.substr(kValues.size()), std::move(node));
                    break;
                case Column::What::identifier:
                    identifiers.items.emplace_back(column.key, std::move(node));
                    break;
            }
        }
        if (!identifiers.items.empty())
            file.root.items.emplace_back("identifiers", std::move(identifiers));
        if (!values.items.empty()) file.root.items.emplace_back("values", std::move(values));
        check(file);
        return file;
    }

    void check(ConfigFile& file) const {
        if (reader_.mistake())
            file.findings.error(place(reader_.mistake()->where), reader_.mistake()->text);
        const std::size_t count = reader_.fields().size();
        for (std::size_t i = columns_.size(); i < count; ++i)
            if (!reader_[i].empty()) {
                file.findings.error(placeOf(i),
                                    say("the row has {0} fields, the table {1} columns",
                                        "la ligne a {0} champs, le tableau {1} colonnes",
                                        {std::to_string(count), std::to_string(columns_.size())}));
                break;
            }
        if (file.name.empty())
            file.findings.error(file.root.where,
                                {"the row has no 'name'", "la ligne n'a pas de nom (« name »)"});
        else if (!isName(file.name))
            file.findings.error(file.root.where, kNameRule);
    }

    /// What a spreadsheet made of identifiers.
    void reportSpoiled(const std::vector<ConfigFile>& rows) {
        for (const Column& column : columns_) {
            if (column.what != Column::What::identifier) continue;
            std::vector<const ConfigNode*> nodes;
            std::vector<std::string_view> codes;
            for (const ConfigFile& row : rows)
                if (const ConfigNode& node = child(child(row.root, "identifiers"), column.key);
                    node.kind == ConfigNode::Kind::scalar) {
                    nodes.push_back(&node);
                    codes.push_back(node.text);
                }
            for (const csv::Spoiled& one : csv::spoiled(codes))
                findings_.warning(nodes[one.index]->where, one.text);
        }
    }

    csv::Reader reader_;
    const std::string& path_;
    Findings& findings_;
    std::vector<Column> columns_;
};

}  // namespace

const Reason kNameRule{"a name is made of letters, digits, - _ . and is not 'anyone'",
                       "un nom se compose de lettres, chiffres, - _ . et n'est pas « anyone »"};

bool isName(std::string_view name) {
    return !name.empty() && name != kAnyone && name.find_first_not_of(kNameCharacters) == name.npos;
}

std::vector<ConfigFile> partnersOf(const std::string& bytes, const std::string& path,
                                   Findings& findings) {
    const text::Decoded decoded = text::decoded(bytes);
    if (const Reason taken = text::takenAs(decoded.encoding); !taken.empty())
        findings.warning({path, decoded.line, 1}, taken);
    return Table(decoded.text, path, findings).read();
}

}  // namespace gateway
