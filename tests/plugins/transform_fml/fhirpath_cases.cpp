#include "fhirpath_cases.h"

#include <Poco/AutoPtr.h>
#include <Poco/DOM/DOMParser.h>
#include <Poco/DOM/Document.h>
#include <Poco/DOM/Element.h>
#include <Poco/DOM/NodeList.h>

using Poco::XML::Element;

std::vector<OfficialCase> readCases(const std::string& xml) {
    Poco::XML::DOMParser parser;
    const Poco::AutoPtr<Poco::XML::Document> document = parser.parseString(xml);
    const Poco::AutoPtr<Poco::XML::NodeList> tests = document->getElementsByTagName("test");
    std::vector<OfficialCase> cases;
    for (unsigned long i = 0; i < tests->length(); ++i) {
        const auto& test = dynamic_cast<const Element&>(*tests->item(i));
        const Element& expression = *test.getChildElement("expression");
        OfficialCase& one = cases.emplace_back();
        one.name = test.getAttribute("name");
        one.input = test.getAttribute("inputfile");
        one.predicate = test.getAttribute("predicate") == "true";
        one.ordered = test.getAttribute("ordered") != "false";
        one.expression = expression.innerText();
        one.invalid = expression.getAttribute("invalid");
        for (auto* child = test.firstChild(); child != nullptr; child = child->nextSibling())
            if (const auto* const output = dynamic_cast<const Element*>(child))
                if (output->localName() == "output")
                    one.outputs.emplace_back(output->getAttribute("type"), output->innerText());
    }
    return cases;
}
