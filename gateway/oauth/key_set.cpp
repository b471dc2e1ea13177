#include "oauth/key_set.h"

#include <algorithm>

namespace gateway::oauth {
namespace {

constexpr Algorithm kAll[] = {Algorithm::rs256, Algorithm::rs384, Algorithm::es256,
                              Algorithm::es384};

}  // namespace

Json publicHalf(const json_t* key) {
    Json half(json_object());
    for (const char* const member :
         {"kty", "kid", "use", "key_ops", "alg", "n", "e", "crv", "x", "y"})
        if (json_t* const value = json_object_get(key, member))
            json_object_set(half.get(), member, value);
    return half;
}

KeySet::KeySet(const std::string& text) : text_(text) {
    const Json set = jsonObject(text);
    const json_t* const keys = json_object_get(set.get(), "keys");
    if (!json_is_array(keys) || json_array_size(keys) > kMost)
        throw Error(Fault::rejected, "jwks",
                    say("expected a JSON object with a list 'keys' of at most {0}",
                        "attendu un objet JSON avec une liste « keys » de {0} au plus",
                        {std::to_string(kMost)}));
    std::size_t at = 0;
    const json_t* key = nullptr;
    json_array_foreach(keys, at, key) {
        holdsPrivate_ = holdsPrivate_ || json_object_get(key, "d") != nullptr;
        if (std::any_of(std::begin(kAll), std::end(kAll),
                        [&](Algorithm a) { return fits(key, a); }))
            keys_.push_back({std::string(textOf(key, "kid")), publicHalf(key)});
    }
    if (keys_.empty())
        throw Error(Fault::rejected, "jwks",
                    {"holds no key for RS256, RS384, ES256 or ES384",
                     "ne contient aucune clé pour RS256, RS384, ES256 ou ES384"});
}

std::vector<const json_t*> KeySet::candidates(Algorithm algorithm, std::string_view kid) const {
    std::vector<const json_t*> all;
    for (const Key& key : keys_)
        if ((kid.empty() || key.kid == kid) && fits(key.jwk.get(), algorithm))
            all.push_back(key.jwk.get());
    // A token that names no key is good with the only one; guessing among many is nobody's wish.
    if (kid.empty() && all.size() > 1) all.clear();
    return all;
}

}  // namespace gateway::oauth
