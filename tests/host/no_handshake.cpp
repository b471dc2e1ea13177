/// A library that is no plugin.
extern "C" int somethingElse();
extern "C" int somethingElse() { return 1; }
