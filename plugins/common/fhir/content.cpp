#include "content.h"

#include "common/json/json.h"
#include "gateway/error.h"

namespace fhir {
using namespace gateway;

void refuse(Node node, const gateway::Reason& what) {
    throw Error(Fault::rejected, node.path(), what);
}

bool hasContentBelow(Node node) {
    for (const Node child : node.children())
        if (hasContent(child)) return true;
    const Type* const type = R4::get().type(node.type());
    return type != nullptr && type->resource();
}

const Type& resourceType(Node node) {
    const Type* const type = R4::get().type(node.type().empty() ? node.name() : node.type());
    if (type == nullptr || !type->resource() || type->abstract)
        refuse(node, {"its type is not a resource of FHIR R4",
                      "son type n'est pas une ressource de FHIR R4"});
    return *type;
}

bool isValue(const Type& type, std::string_view text) {
    if (type.form == Form::number) return json::isNumber(text);
    if (type.form == Form::boolean) return text == "true" || text == "false";
    return true;
}

}  // namespace fhir
