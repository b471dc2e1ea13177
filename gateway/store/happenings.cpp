#include "store/happenings.h"

#include "store/store_parts.h"

namespace gateway {
namespace {

void addNumber(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>((number & 0x7f) | 0x80));
    out.push_back(static_cast<char>(number));
}

void addText(std::string& out, std::string_view text) {
    addNumber(out, text.size());
    out += text;
}

[[noreturn]] void damaged() {
    throw Error(Fault::unavailable, "store",
                Reason{"what the audit has still to write is damaged",
                       "ce que le journal d'audit doit encore écrire est endommagé"});
}

class Unpacking {
public:
    explicit Unpacking(std::string_view in) : in_(in) {}
    bool more() const { return !in_.empty(); }
    std::uint64_t number() {
        std::uint64_t number = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (in_.empty()) damaged();
            const auto byte = static_cast<unsigned char>(in_.front());
            in_.remove_prefix(1);
            number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) return number;
        }
        damaged();
    }
    std::string_view text() {
        const std::uint64_t size = number();
        if (size > in_.size()) damaged();
        const std::string_view text = in_.substr(0, size);
        in_.remove_prefix(size);
        return text;
    }

private:
    std::string_view in_;
};

}  // namespace

std::string_view toText(Happening::Kind kind) {
    constexpr std::string_view words[] = {"received", "delivered", "picked-up",
                                          "offered",  "set-aside", "uncertain",
                                          "closed",   "left-out",  "refused"};
    return words[static_cast<std::size_t>(kind)];
}

void pack(std::string& out, const HappeningRow& row) {
    addNumber(out, static_cast<std::uint64_t>(row.kind));
    addNumber(out, row.message);
    addNumber(out, row.delivery);
    addNumber(out, static_cast<std::uint64_t>(row.end));
    addNumber(out, static_cast<std::uint64_t>(row.partner));
    for (const std::string_view text : {row.plan, row.edition, row.by, row.place})
        addText(out, text);
}

void unpack(std::string_view packed, const std::function<void(const HappeningRow&)>& each) {
    for (Unpacking in(packed); in.more();) {
        HappeningRow row;
        const std::uint64_t kind = in.number();
        if (kind > static_cast<std::uint64_t>(Happening::Kind::refused)) damaged();
        row.kind = static_cast<Happening::Kind>(kind);
        row.message = in.number();
        row.delivery = in.number();
        row.end = static_cast<std::int64_t>(in.number());
        row.partner = static_cast<std::int64_t>(in.number());
        for (std::string_view* const text : {&row.plan, &row.edition, &row.by, &row.place})
            *text = in.text();
        each(row);
    }
}

std::vector<HappeningPortion> SqliteStore::happened(std::uint64_t after, std::size_t bytes) {
    std::vector<HappeningPortion> portions;
    readers_->with([&](Reader& reader) {
        const Reader::Snapshot snapshot(reader);
        std::size_t size = 0;
        auto rows = reader.sql().happened(after);
        while (size < bytes && rows.step()) {
            HappeningPortion& portion = portions.emplace_back();
            portion.id = rows.number<std::uint64_t>(0);
            portion.life = rows.number<std::uint64_t>(1);
            portion.at = rows.time(2);
            size += rows.blob(3).size();
            const auto add = [&](const HappeningRow& row) {
                portion.all.push_back(
                    {row.kind, row.message == 0 ? std::string() : ids_.message(row.message),
                     row.delivery == 0 ? std::string() : ids_.delivery(row.delivery),
                     nameOf(reader, row.end), nameOf(reader, row.partner), std::string(row.plan),
                     std::string(row.edition), std::string(row.by), std::string(row.place)});
            };
            try {
                unpack(rows.blob(3), add);
            } catch (const Error& error) {  // what came later is told all the same
                tellDamage("audit", error.what());
            }
        }
    });
    return portions;
}

void SqliteStore::told(std::uint64_t upTo, std::string_view noteKey, std::string_view note) {
    writer_->write(1, 0, [&](Transaction& transaction) {
        transaction.sql().eraseHappened(upTo).run();
        transaction.sql().setNote(noteKey, note).run();
    });
}

void SqliteStore::whenHappened(std::function<void()> call) {
    const std::lock_guard lock(board_.mutex);
    board_.happened = std::move(call);
}

}  // namespace gateway
