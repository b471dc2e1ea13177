/// What scopes allow, in both versions of their grammar.
#include "oauth/scope.h"

namespace {
using namespace gateway::oauth;

TEST(Scopes, Version1AllowsReadingOrWriting) {
    EXPECT_TRUE(grants({"system/Task.read"}, Right::read, "Task"));
    EXPECT_TRUE(grants({"system/Task.read"}, Right::search, "Task"));
    EXPECT_FALSE(grants({"system/Task.read"}, Right::update, "Task"));
    EXPECT_FALSE(grants({"system/Task.read"}, Right::read, "Bundle"));
    EXPECT_TRUE(grants({"system/*.write"}, Right::create, "Bundle"));
    EXPECT_TRUE(grants({"system/*.write"}, Right::erase, "Bundle"));
    EXPECT_FALSE(grants({"system/*.write"}, Right::read, "Bundle"));
    EXPECT_TRUE(grants({"system/*.*"}, Right::search, "Task"));
    EXPECT_TRUE(grants({"user/*.*"}, Right::create, "Task"));
}

TEST(Scopes, Version2NamesEachRight) {
    EXPECT_TRUE(grants({"openid", "system/Task.rs"}, Right::search, "Task"));
    EXPECT_FALSE(grants({"system/Task.rs"}, Right::update, "Task"));
    EXPECT_TRUE(grants({"system/Task.r", "system/Task.u"}, Right::update, "Task"));
    for (const Right right :
         {Right::create, Right::read, Right::update, Right::erase, Right::search})
        EXPECT_TRUE(grants({"system/*.cruds"}, right, "Bundle"));
}

TEST(Scopes, AConditionThatIsNotKeptAllowsNothing) {
    EXPECT_FALSE(grants({"system/Task.rs?status=requested"}, Right::read, "Task"));
    EXPECT_TRUE(scopeOf("system/Task.rs?status=requested")->conditional);
    EXPECT_TRUE(scopeOf("system/Task.rs?")->conditional);
}

TEST(Scopes, WhatIsNoSuchScopeAllowsNothing) {
    for (const char* const text :
         {"", "system", "system/", "system/Task", "system/Task.", "system/Task.sr",
          "system/Task.rr", "system/Task.x", "system/Task.READ", "system/.read", "system/task.read",
          "System/Task.r", "launch/Task.r", "offline_access", "system/Task.read.write",
          "system/Ta sk.r", "system/**.r", "system/Task.rs system/Task.c", "*/*.*"})
        EXPECT_FALSE(scopeOf(text)) << text;
}

}  // namespace
