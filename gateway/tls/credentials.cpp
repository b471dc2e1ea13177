#include "tls/credentials.h"

#include <sys/stat.h>

#include "gateway/error.h"

namespace gateway::tls {
namespace {

constexpr std::chrono::seconds kLook{2};
constexpr std::chrono::hours kLife{1};

std::vector<const std::string*> filesOf(const Options& options) {
    std::vector<const std::string*> all;
    for (const std::string* const file :
         {&options.cert, &options.key, &options.ca, &options.clients})
        if (!file->empty()) all.push_back(file);
    for (const std::string& file : options.crl) all.push_back(&file);
    return all;
}

const char* keyOf(const Options& options, const std::string& file) {
    if (file == options.key) return "key";
    if (file == options.cert) return "cert";
    if (file == options.clients) return "clients";
    return file == options.ca ? "ca" : "crl";
}

/// Null when there is an error among the flaws.
std::shared_ptr<const Context> made(Role role, const Options& options, std::vector<Flaw>& flaws) {
    flaws = flawsOf(role, options);
    for (const Flaw& flaw : flaws)
        if (flaw.severity >= Severity::error) return nullptr;
    try {
        return std::make_shared<const Context>(role, options);
    } catch (const Error& error) {
        flaws.push_back(
            {keyOf(options, error.where), error.where, Severity::error, error.reason()});
        return nullptr;
    }
}

Options resuming(Options options, bool resume) {
    options.resume = resume;
    return options;
}

}  // namespace

Credentials::Credentials(Role role, Options options)
    : role_(role), options_(std::move(options)), nextLook_(0) {
    stamps_ = stamps();
    made_ = Clock::now();
    std::vector<Flaw> flaws;
    context_ = made(role_, options_, flaws);
    certificates_ = certificatesOf(role_, options_);
    for (const Flaw& flaw : flaws)
        if (flaw.severity >= Severity::error) throw Error(Fault::rejected, flaw.file, flaw.text);
}

Credentials::Credentials(Role role, Config section, bool resume)
    : Credentials(role, section, resume, section.findings().errors()) {}

Credentials::Credentials(Role role, Config section, bool resume, std::size_t before)
    : role_(role), options_(resuming(readOptions(role, section), resume)), nextLook_(0) {
    stamps_ = stamps();
    made_ = Clock::now();
    certificates_ = certificatesOf(role_, options_);
    section.finish();
    if (section.findings().errors() != before) return;
    std::vector<Flaw> flaws;
    context_ = made(role_, options_, flaws);
    for (const Flaw& flaw : flaws)
        flaw.severity >= Severity::error ? section.fail(flaw.key, flaw.text)
                                         : section.warn(flaw.key, flaw.text);
}

std::shared_ptr<const Context> Credentials::inForce() const {
    const std::lock_guard lock(mutex_);
    return context_;
}

std::shared_ptr<const Context> Credentials::current() {
    Clock::rep due = nextLook_;
    const Clock::time_point now = Clock::now();
    // One looks, the others go on with what is there.
    if (now.time_since_epoch().count() >= due &&
        nextLook_.compare_exchange_strong(due, (now + kLook).time_since_epoch().count()))
        look();
    return inForce();
}

std::vector<Certificate> Credentials::certificates() {
    current();
    const std::lock_guard lock(mutex_);
    return certificates_;
}

void Credentials::look() {
    const std::lock_guard lock(looking_);
    const bool changed = stamps() != stamps_;
    if (!changed && Clock::now() - made_ < kLife) return;
    Findings findings;
    const bool taken = renew(findings);
    Log* const log = log_;
    if (log == nullptr) return;
    if (changed || !taken)
        for (const Finding& one : findings.all())
            log->warning(one.severity >= Severity::error ? "tls-files-refused" : "tls-files",
                         {{"where", one.where.text()}, {"what", one.text}});
    if (changed && taken) log->info("tls-files-taken", {{"where", options_.where.text()}});
}

void Credentials::refresh(Findings& findings) {
    const std::lock_guard lock(looking_);
    renew(findings);
}

/// With looking_ held. @return whether what the files say now is in force
bool Credentials::renew(Findings& findings) {
    stamps_ = stamps();  // before they are read: what changes meanwhile is seen at the next look
    made_ = Clock::now();
    std::vector<Flaw> flaws;
    auto context = made(role_, options_, flaws);
    for (const Flaw& flaw : flaws) {
        const Reason text = say("{0}: {1}", "{0} : {1}", {flaw.file, flaw.text});
        flaw.severity >= Severity::error ? findings.error(options_.where, text)
                                         : findings.warning(options_.where, text);
    }
    if (!context) return false;
    auto certificates = certificatesOf(role_, options_);
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
    certificates_ = std::move(certificates);
    return true;
}

/// Tells another file, or other content, from that of before.
std::string Credentials::stamps() const {
    std::string all;
    for (const std::string* const file : filesOf(options_)) {
        struct stat found {};
        if (::stat(file->c_str(), &found) != 0) found = {};
        for (const auto part :
             {static_cast<long>(found.st_ino), static_cast<long>(found.st_size),
              static_cast<long>(found.st_mtim.tv_sec), static_cast<long>(found.st_mtim.tv_nsec),
              static_cast<long>(found.st_ctim.tv_sec), static_cast<long>(found.st_ctim.tv_nsec)})
            all += std::to_string(part) + " ";
    }
    return all;
}

}  // namespace gateway::tls
