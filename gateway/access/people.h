/// @file  Who may administer the gateway over the network, and as what.
///
/// admin: {people: FILE or a section}: NAME: {certificate: its SHA-256, subject or CN (access/
/// certificate_name.h), or several; roles: viewer, mapper, operator, admin, or several}
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config.h"
#include "gateway/message.h"

namespace gateway {

/// Each may be had beside the others; none includes another.
enum Role : unsigned {
    kViewer = 1,    ///< states, timelines, figures: no content
    kMapper = 2,    ///< what no table has, and replays when that is mended
    kOperator = 4,  ///< replay, close, settle, edit, pause, resume
    kAdmin = 8,     ///< everything
};

struct Person {
    std::string name;
    std::vector<std::string> certificates;  ///< as CertificateName reads them
    unsigned roles = 0;
};

class People {
public:
    explicit People(std::vector<Person> all) : all_(std::move(all)) {}
    /// By "tls.fingerprint" and "tls.subject", whom they name most closely; null: nobody.
    const Person* of(const Facts& facts) const;
    bool empty() const { return all_.empty(); }

private:
    std::vector<Person> all_;
};

/// Of the section `admin`. What is wrong is reported there or in the file that it names.
std::shared_ptr<const People> readPeople(Config& admin);

/// "viewer, operator"
std::string textOf(unsigned roles);

}  // namespace gateway
