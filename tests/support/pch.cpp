// The precompiled header of all tests belongs to some program: this one.
int main() {}
