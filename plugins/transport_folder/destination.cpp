#include "destination.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "files.h"
#include "gateway/guard.h"
#include "words/system_fault.h"

namespace gateway::folder {
FolderDestination::FolderDestination(Config& config) {
    if (!config.text("path").empty()) path_ = config.path("path");
    std::error_code error;
    if (!path_.empty() && !std::filesystem::is_directory(path_, error))
        config.warn("path", {"there is no such folder now; deliveries will wait for it",
                             "ce dossier n'existe pas pour l'instant ; les remises l'attendront"});
}

Answer FolderDestination::deliver(const Delivery& delivery, Time) {
    const std::string name = delivery.id + "." + delivery.extension;
    if (!guard::isFileName(name))
        throw Error(
            Fault::internal, "delivery",
            {"its id is no name for a file", "son identifiant n'est pas un nom de fichier"});
    const std::string temporary = "." + name + ".tmp";
    const Descriptor folder = openFolder(path_);
    const Descriptor file(openat(folder.get(), temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640));
    int error = file ? writeDurably(file.get(), delivery.body.view()) : errno;
    if (error == 0 && renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) != 0)
        error = errno;
    if (error != 0) {
        unlinkat(folder.get(), temporary.c_str(), 0);
        throw Error(Fault::unavailable, path_,
                    say("cannot write a file: {0}", "fichier impossible à écrire : {0}",
                        {systemFault(error)}));
    }
    if (fsync(folder.get()) != 0)
        throw Error(Fault::uncertain, path_,
                    say("the file may not survive a power cut: {0}",
                        "le fichier ne survivrait peut-être pas à une coupure de courant : {0}",
                        {systemFault(errno)}));
    return {Bytes(), "stored as " + name};
}

}  // namespace gateway::folder
