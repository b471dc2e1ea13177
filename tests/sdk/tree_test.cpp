#include "gateway/tree.h"

#include "gateway/error.h"

namespace {
using namespace gateway;

TEST(Tree, KeepsOrderRepetitionsAndPlaces) {
    Builder tree(Bytes::copy("abcdef"), "root");
    tree.leaf("a", Span{0, 1});
    tree.open("b", 1);
    tree.leaf("c", Span{1, 2});
    tree.leaf("c", Span{2, 3});
    tree.close(3);
    tree.leaf("a", Span{3, 4});
    const Document document = tree.finish(true);
    std::string names;
    for (const Node child : document.root().children()) names += child.name();
    EXPECT_EQ("aba", names);
    const Node b = document.root().child("b");
    EXPECT_EQ((Span{1, 3}), b.where());
    EXPECT_EQ("/b/c[0]", b.firstChild().path());
    EXPECT_EQ("/b/c[1]", b.firstChild().nextSibling().path());
    EXPECT_EQ("c", b.firstChild().nextSibling().text());
    EXPECT_FALSE(b.firstChild().nextSibling().nextSibling());
    EXPECT_FALSE(document.root().child("none").child("deeper"));
    EXPECT_EQ("/a[1]", b.nextSibling().path());
    EXPECT_TRUE(document.untouched());
}

TEST(Tree, AMapAddsAnywhereAndTakesBack) {
    Builder tree("Bundle");
    const auto first = tree.add(tree.root(), "entry");
    const auto second = tree.add(tree.root(), "entry");
    tree.text(tree.add(first, "x"), "1", Kind::number);
    tree.text(tree.add(second, "x"), "2", Kind::number);
    tree.text(tree.add(first, "y"), "3");
    const auto gone = tree.add(second, "z");
    tree.remove(gone);
    const Document document = tree.finish();
    EXPECT_EQ("3", document.root().firstChild().child("y").text());
    EXPECT_FALSE(document.root().firstChild().nextSibling().child("z"));
    EXPECT_EQ("2", document.root().firstChild().nextSibling().child("x").text());
}

Document decoded() {
    Builder tree(Bytes::copy("abcdef"), "root");
    tree.format(Name::permanent("letters"));
    tree.leaf("a", Span{0, 1});
    tree.open("b", 1);
    tree.leaf("c", Span{1, 2});
    tree.leaf("c", Span{2, 3});
    tree.close(3);
    tree.leaf("d", Span{3, 4});
    return tree.finish(true);
}

TEST(Tree, AnEditedDocumentTellsWhatItsBytesNoLongerSay) {
    Document document = decoded();
    const Node second = document.root().child("b").firstChild().nextSibling();
    Builder edit(std::move(document));
    edit.text(edit.handle(second), "new");
    document = edit.finish();
    EXPECT_TRUE(document.edited());
    EXPECT_FALSE(document.untouched());
    EXPECT_EQ("abcdef", document.source().view());
    EXPECT_EQ(Name::permanent("letters"), document.format());
    const Node root = document.root(), b = root.child("b");
    EXPECT_TRUE(root.touched());
    EXPECT_FALSE(root.changed());
    EXPECT_FALSE(root.child("a").changed() || root.child("a").touched());
    EXPECT_TRUE(b.touched());
    EXPECT_FALSE(b.changed() || b.firstChild().changed());
    EXPECT_TRUE(second.changed());
    EXPECT_EQ("new", second.text());
    EXPECT_EQ("/b/c[1]", second.path());
}

TEST(Tree, WhatIsAddedOrTakenFromAnEditedDocumentIsMarked) {
    Document document = decoded();
    Builder edit(std::move(document));
    const Builder::Handle b = edit.child(edit.root(), Name::permanent("b"));
    edit.remove(edit.child(b, Name::permanent("c")));
    edit.text(edit.add(edit.root(), "e"), "x");
    document = edit.finish();
    EXPECT_TRUE(document.root().changed());
    EXPECT_TRUE(document.root().child("b").changed());
    EXPECT_FALSE(document.root().child("b").firstChild().changed());
    EXPECT_TRUE(document.root().child("e").changed());
    EXPECT_EQ(6u, document.nodes());
}

TEST(Tree, AnArrangedDocumentStandsForItsBytesAsBefore) {
    Document document = decoded();
    Builder arrange(std::move(document), Builder::Reopen::arrange);
    const Builder::Handle group = arrange.add(arrange.root(), "group");
    for (const char* name : {"a", "b"})
        arrange.adopt(group, arrange.child(arrange.root(), Name::permanent(name)));
    document = arrange.finish();
    EXPECT_TRUE(document.untouched(Name::permanent("letters")));
    EXPECT_FALSE(document.untouched(Name::permanent("figures")));
    EXPECT_EQ("/group/b/c[0]", document.root().child("group").child("b").firstChild().path());
    EXPECT_EQ("d", document.root().firstChild().name());
    EXPECT_FALSE(document.root().changed() || document.root().touched());
}

TEST(Tree, CopyOfASubtreeIsEqualAndItsOwn) {
    Document copied;
    {
        Builder source(Bytes::copy("text"), "from");
        source.open("group");
        source.leaf("leaf", Span{0, 4});
        source.close();
        const Document from = source.finish();
        Builder target("to");
        target.copy(target.root(), Name::permanent("group"), from.root().child("group"));
        copied = target.finish();
    }
    EXPECT_EQ("text", copied.root().child("group").child("leaf").text());
}

TEST(Tree, IsBoundedInDepthAndNodes) {
    Builder deep(Bytes(), "root", TreeLimits{.depth = 3, .nodes = 100});
    deep.open("1");
    deep.open("2");
    deep.open("3");
    EXPECT_THROW(deep.open("4"), Error);
    Builder many(Bytes(), "root", TreeLimits{.depth = 3, .nodes = 3});
    many.leaf("a", Span{});
    many.leaf("a", Span{});
    EXPECT_THROW(many.leaf("a", Span{}), Error);
}

TEST(Tree, PruneTakesOffWhatStayedEmptyAndKeepsTheRest) {
    Builder tree("r");
    const Name a = Name::permanent("a");
    const auto first = tree.add(tree.root(), "a");
    tree.add(tree.add(first, "b"), "c");
    const auto full = tree.add(tree.root(), "a");
    tree.text(tree.add(full, "x"), "");
    tree.kind(tree.add(full, "n"), Kind::null);
    tree.add(full, "e");
    tree.add(tree.root(), "z");
    EXPECT_EQ(first, tree.child(tree.root(), a));
    EXPECT_EQ(full, tree.lastChild(tree.root(), a));
    EXPECT_FALSE(tree.child(full, a));
    tree.prune();
    const Document document = tree.finish();
    EXPECT_EQ(4u, document.nodes());
    std::string names;
    for (const Node child : document.root().children()) names += child.name();
    EXPECT_EQ("a", names);
    names.clear();
    for (const Node child : document.root().firstChild().children()) names += child.name();
    EXPECT_EQ("xn", names);
}

TEST(Tree, EqualTreesComparesTextKindAndOrder) {
    const auto tree = [](std::string_view text, Kind kind) {
        Builder builder("r");
        builder.text(builder.add(builder.root(), "a"), text, kind);
        return builder.finish();
    };
    EXPECT_TRUE(equalTrees(tree("1.0", Kind::number).root(), tree("1.0", Kind::number).root()));
    EXPECT_FALSE(equalTrees(tree("1.0", Kind::number).root(), tree("1.00", Kind::number).root()));
    EXPECT_FALSE(equalTrees(tree("1", Kind::number).root(), tree("1", Kind::text).root()));
}

TEST(Tree, PermanentNamesAreOneAndEqualInternedOnes) {
    EXPECT_EQ(Name::permanent("birthDate"), Name::permanent("birthDate"));
    Builder tree("r");
    EXPECT_EQ(Name::permanent("birthDate"), tree.intern("birthDate"));
    EXPECT_FALSE(Name::permanent("birthDate") == tree.intern("birthdate"));
}

}  // namespace
