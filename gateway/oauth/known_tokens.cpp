#include "oauth/known_tokens.h"

#include <openssl/evp.h>

namespace gateway::oauth {

KnownTokens::Digest KnownTokens::digestOf(const std::string& token) {
    Digest digest{};
    if (EVP_Digest(token.data(), token.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw Error(Fault::internal, "digest", {"SHA-256 failed", "échec de SHA-256"});
    return digest;
}

std::shared_ptr<const GoodToken> KnownTokens::find(const Digest& token) {
    std::unique_lock lock(mutex_);
    if (const auto found = young_.find(token); found != young_.end()) return found->second;
    const auto found = old_.find(token);
    if (found == old_.end()) return nullptr;
    std::shared_ptr<const GoodToken> good = found->second;
    lock.unlock();
    keep(token, good);
    return good;
}

void KnownTokens::keep(const Digest& token, std::shared_ptr<const GoodToken> good) {
    Map gone;  // ends outside of the lock
    const std::lock_guard lock(mutex_);
    if (young_.size() >= half_) {
        gone.swap(old_);
        old_.swap(young_);
    }
    young_.insert_or_assign(token, std::move(good));
}

std::size_t KnownTokens::size() const {
    const std::lock_guard lock(mutex_);
    return young_.size() + old_.size();
}

}  // namespace gateway::oauth
