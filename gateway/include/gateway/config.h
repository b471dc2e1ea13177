/// @file  How a plugin reads its part of the configuration.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/error.h"
#include "gateway/time.h"

namespace gateway {

/// One value of a configuration file, with its place. Made by the configuration reader.
struct ConfigNode {
    enum class Kind { none, scalar, list, map };
    Kind kind = Kind::none;
    std::string text;     ///< of a scalar
    bool quoted = false;  ///< a scalar in quotes is text, never flag or number
    Place where;          ///< of the value
    Place keyWhere;       ///< of its key; of the value for list items
    std::vector<std::pair<std::string, ConfigNode>>
        items;  ///< of a map in file order; of a list with empty keys
    mutable bool used = false;

    ConfigNode() = default;  // clang 16 cannot ask a pair of an aggregate that holds such pairs
};

/// A section of the configuration. Each question marks its key as known; what nobody asked for is
/// reported as unknown. A wrong value never throws: it is reported with its place and the default
/// is returned, so that one check shows all mistakes. A factory that met errors may return an
/// unusable object; the gateway never starts it.
class GATEWAY_API Config {
public:
    /// @param folder  relative paths start here
    Config(const ConfigNode& node, std::string folder, Findings& findings);

    bool has(std::string_view key) const;
    /// The value, which must be there.
    std::string text(std::string_view key);
    std::string text(std::string_view key, std::string_view otherwise);
    /// One of `allowed`, first is the default.
    std::string choice(std::string_view key, const std::vector<std::string_view>& allowed);
    bool flag(std::string_view key, bool otherwise);
    std::int64_t integer(std::string_view key, std::int64_t otherwise, std::int64_t least,
                         std::int64_t most);
    /// "250 ms", "10 s", "5 min", "2 h", "7 d".
    Milliseconds duration(std::string_view key, Milliseconds otherwise);
    /// "64 MiB", "512 KiB", "1 GiB", "100 B".
    std::uint64_t size(std::string_view key, std::uint64_t otherwise);
    /// A list of texts, or one text as a list of one.
    std::vector<std::string> texts(std::string_view key);
    /// An existing, readable file; its absolute path.
    std::string file(std::string_view key, bool required = true);
    /// A path that need not exist yet, made absolute.
    std::string path(std::string_view key, std::string_view otherwise = {});
    /// A secret by reference only: "file:PATH" or "env:NAME"; anything else is reported. Empty when
    /// absent.
    std::string secret(std::string_view key);
    /// "host:port", "[::1]:port"; port 0 is any free port.
    std::pair<std::string, std::uint16_t> address(std::string_view key);

    /// A sub-section; empty when absent.
    Config section(std::string_view key);
    /// The entries of this section that nobody asked for yet, in file order, marked as known.
    std::vector<std::pair<std::string, Config>> sections();
    /// The items of a list of sections.
    std::vector<Config> list(std::string_view key);

    /// Reports an error at a key (or at this section when the key is empty or absent).
    void fail(std::string_view key, const Reason& text);
    void warn(std::string_view key, const Reason& text);
    Place where(std::string_view key = {}) const;
    const ConfigNode& node() const { return *node_; }
    const std::string& folder() const { return folder_; }
    Findings& findings() { return *findings_; }
    /// Reports every key that nobody asked for, in this section and below, with the nearest known
    /// one.
    void finish();

private:
    const ConfigNode* find(std::string_view key) const;
    const ConfigNode* scalar(std::string_view key);

    const ConfigNode* node_;
    std::string folder_;
    Findings* findings_;
    std::shared_ptr<std::vector<std::string>> known_;  ///< keys asked for, for "did you mean"
};

/// The word of `among` nearest to `word`, or empty if none is near.
GATEWAY_API std::string nearest(std::string_view word, const std::vector<std::string>& among);

/// "; did you mean 'x'?", or nothing.
GATEWAY_API Reason didYouMean(std::string_view word, const std::vector<std::string>& among);

}  // namespace gateway
