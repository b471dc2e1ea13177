/// @file  The admin interface: HTTP on a unix-domain socket that its owner alone may open, and
/// where that is configured over TLS for people by their certificates and roles (admin/rules.h).
///
///   GET  /health/live, /health/ready      200, or 503 with the reasons
///   GET  /metrics                         for Prometheus
///   GET  /alerts                          those open, and how it is with the receivers
///   POST /alerts/test                     {"receiver": NAME or ""}: what each answered
///   GET  /status                          sources, destinations, sums; times in UTC
///   GET  /unmapped                        codes that no row of a table has, since the start
///   GET  /messages?state=&source=&partner=&control-id=&why=&since=&before=&most=   newest first
///   POST /messages/find                   the same as JSON; `subject` too, which stands in no URL,
///                                         and is audited
///   GET  /messages/ID                     (of a message or a delivery) deliveries, timeline,
///                                         peers' answers; their words with ?by=&why=
///   GET  /messages/ID/body?by=&why=       bytes of a message or delivery
///   POST /messages/replay                 {"ids": […] or "filter": {…}, "by": "who", "dry": true};
///                                         with "translate": true what is set aside is made anew
///   POST /messages/close                  the same with "why": "…"
///   POST /messages/settle                 what waits to be picked up was handed over by hand;
///                                         "on": a date, "why"
///   GET  /refusals?since=&source=&before=&most=   what was refused at the door, newest first
///   GET  /pauses                          those in force, then past ones, newest first
///   POST /messages/ID/edit?by=&why=&dry=   the bytes of a copy; 422 when it must not be
///   POST /ask/QUESTION                    the words of a question as texts; a policy answers; who
///                                         asks ("by") and why is audited
///   POST /audit/person                   {"who" or "name" and "born", "by", "why"}: plans,
///   messages and
///                                         deliveries about that person
///   POST /pause, /resume                  {"end": source or destination, "by": "who", "why": "…"}
///   GET  /store/check                     what is damaged, by id
///   POST /store/backup                    {"file": "/absolute/path"}; answers when it is durable
///
/// Who looks at content, asks or changes something is recorded in the audit: by the name that they
/// prove over the network, at the socket by the one that they give, the system's user beside it.
/// Content is shown for a reason alone (`why`), and an alert tells of it. Nothing stands twice in
/// an object or a query.
/// Errors are {"error": "…", "fr": "…", "where": "…"}. An id of a message that is not held stands
/// for those of its deliveries that wait for a person.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "access/people.h"
#include "audit/audit.h"
#include "gateway/log.h"
#include "gateway/store.h"
#include "http/server.h"
#include "pipeline/pipeline.h"
#include "watch/watch.h"

namespace gateway {

struct AdminOptions {
    std::string socket;                              ///< path of the unix-domain socket
    bool edits = false;                              ///< copies of held messages may be edited
    Audit* audit = nullptr;                          ///< null: nothing is recorded
    std::optional<http::ServerOptions> listen = {};  ///< TLS that asks for certificates
    std::shared_ptr<const People> people = {};       ///< who may come there
};

class Admin {
public:
    /// All but the options must outlive it.
    Admin(Store& store, Pipeline& pipeline, Watch& watch, Log& log, AdminOptions options);
    ~Admin();

    /// @throws Error(unavailable) naming the socket
    void start();
    void stop();
    /// Other people from now on.
    void use(std::shared_ptr<const People> people);
    /// Over the network; empty: nowhere.
    std::string address() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gateway
