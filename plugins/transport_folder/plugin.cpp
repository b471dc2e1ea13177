/// Transport "folder": files in, files out.
///
/// Options of a source: path (files are taken while it is there: until then the log and `status`
/// say so, by the note trouble/SOURCE), complete (rename: a file is complete when it appears;
/// done-file: when FILE.done lies beside it; stable: when size and time stay the same for
/// stable_for, default 5 s), pattern (endings of names, default all), every (between two looks,
/// default 1 s; a file that appears is seen at once), archive (a folder; default: files are
/// deleted), max_size (default 64 MiB). Names that begin with "." or end in .tmp or .part are never
/// taken. What is too large, cannot be read or is not accepted moves to the folder refused/ inside.
///
/// Options of a destination: path. A file is named by our delivery id, and complete when it
/// appears.
#include "gateway/plugin.h"

#include "destination.h"
#include "source.h"

GATEWAY_PLUGIN("transport_folder", "1.0.0", [](gateway::Registry& registry) {
    using namespace gateway;
    registry.source("folder", [](Config& config) {
        return std::make_unique<folder::FolderSource>(folder::SourceSettings::read(config));
    });
    registry.destination("folder", [](Config& config) {
        return std::make_unique<folder::FolderDestination>(config);
    });
})
