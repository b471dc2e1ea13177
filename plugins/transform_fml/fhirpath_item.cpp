#include "fhirpath_item.h"

#include <algorithm>
#include <cstring>

namespace fhirpath {
namespace {
constexpr std::size_t kFirstChunk = 64 * 1024;
constexpr std::size_t kKept = 1024 * 1024;
}  // namespace

void Arena::enter(std::size_t chunk) {
    chunk_ = chunk;
    at_ = chunks_[chunk].bytes.get();
    end_ = at_ + chunks_[chunk].size;
}

/// A chunk is aligned for anything.
void* Arena::allocateInNextChunk(std::size_t size) {
    std::size_t next = chunks_.empty() ? 0 : chunk_ + 1;
    // The chunk after the one in use is free, if there is one: big enough or replaced.
    if (next < chunks_.size() && chunks_[next].size < size) {
        for (std::size_t i = next; i < chunks_.size(); ++i) held_ -= chunks_[i].size;
        chunks_.resize(next);
    }
    if (next == chunks_.size()) {
        const std::size_t doubled =
            chunks_.empty() ? kFirstChunk : std::min<std::size_t>(chunks_.back().size * 2, kKept);
        Chunk chunk;
        chunk.size = std::max(size, doubled);
        chunk.bytes = std::make_unique_for_overwrite<std::byte[]>(chunk.size);
        held_ += chunk.size;
        chunks_.push_back(std::move(chunk));
    }
    enter(next);
    at_ += size;
    return chunks_[next].bytes.get();
}

std::string_view Arena::keep(std::string_view text) {
    if (text.empty()) return {"", 0};
    auto* const copy = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
}

void Arena::release(Mark mark) {
    if (chunks_.empty()) return;
    if (mark.chunk != chunk_ || mark.at == nullptr) enter(mark.chunk);
    if (mark.at != nullptr) at_ = mark.at;
    while (held_ > kKept && chunks_.size() > chunk_ + 1) {
        held_ -= chunks_.back().size;
        chunks_.pop_back();
    }
}

Item Item::of(gateway::Node node) {
    Item item;
    item.node = node.data();
    return item;
}

Item Item::of(bool yes) {
    Item item;
    item.type = Type::boolean;
    item.boolean = yes;
    return item;
}

Item Item::of(std::int64_t number) {
    Item item;
    item.type = Type::integer;
    item.integer = number;
    return item;
}

Item Item::ofLong(std::int64_t number) {
    Item item = of(number);
    item.size = 1;
    return item;
}

Item Item::string(std::string_view text) {
    Item item;
    item.type = Type::string;
    item.size = static_cast<std::uint32_t>(text.size());
    item.chars = text.data();
    return item;
}

Item Item::of(const Decimal* decimal) {
    Item item;
    item.type = Type::decimal;
    item.decimal = decimal;
    return item;
}

Item Item::of(const Moment* moment) {
    Item item;
    item.type = moment->kind == Moment::Kind::date   ? Type::date
                : moment->kind == Moment::Kind::time ? Type::time
                                                     : Type::dateTime;
    item.moment = moment;
    return item;
}

Item Item::of(const Quantity* quantity) {
    Item item;
    item.type = Type::quantity;
    item.quantity = quantity;
    return item;
}

Item Item::of(const TypeInfo* info) {
    Item item;
    item.type = Type::typeInfo;
    item.info = info;
    return item;
}

void List::grow() {
    const std::size_t more = capacity_;
    if (arena_->extend(items_ + capacity_, more * sizeof(Item))) {
        capacity_ += more;
        return;
    }
    auto* const items =
        static_cast<Item*>(arena_->allocate((capacity_ + more) * sizeof(Item), alignof(Item)));
    std::copy_n(items_, size_, items);
    items_ = items;
    capacity_ += more;
}

}  // namespace fhirpath
