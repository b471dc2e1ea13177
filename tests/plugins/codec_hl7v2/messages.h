/// @file  Messages that no hospital sends, and that must be carried nevertheless.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

/// Makes messages from a seed: any depth of empties, repetitions, escapes, odd delimiters.
class Messages {
public:
    explicit Messages(unsigned seed) : random_(seed) {
        if (pick(2)) {
            std::string signs = "!#$%*+,-./:;<=>?@_`{}()[]|^~\\&'";
            std::shuffle(signs.begin(), signs.end(), random_);
            field_ = signs[0];
            encoding_ = signs.substr(1, 4 + pick(2));
        }
    }

    std::string message() {
        std::string text = "MSH" + std::string(1, field_) + encoding_;
        for (unsigned i = pick(12); i > 0; --i) text += field_ + (i == 7 ? "" : field());
        // MSH-18 is kept empty: what is random is no charset
        text = text.substr(0, text.find_first_of("\r\n"));
        text += end();
        for (unsigned i = pick(8); i > 0; --i) {
            text += pick(4) ? "OBX" : "Z" + std::to_string(10 + pick(90));
            for (unsigned j = pick(9); j > 0; --j) text += field_ + field();
            text += end();
        }
        return text;
    }

private:
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
    std::string end() { return std::vector<std::string>{"\r", "\n", "\r\n", "\r\r"}[pick(4)]; }

    std::string field() {
        std::string text;
        for (unsigned i = pick(12); i > 0; --i) {
            switch (pick(10)) {
                case 0: text += encoding_[0]; break;
                case 1: text += encoding_[1]; break;
                case 2: text += encoding_[3]; break;
                case 3: text += escape(); break;
                case 4: text += "\"\""; break;
                case 5: text += "é€"; break;
                default: text += "abc";
            }
        }
        return text;
    }
    std::string escape() {
        static const std::vector<std::string> kinds = {
            "F", "S", "T", "R", "E", "P", ".br", "X0D0A", "XC3A9", "XC3", "H", "Zab", "", "X5C"};
        std::string text = encoding_[2] + kinds[pick(static_cast<unsigned>(kinds.size()))];
        if (pick(8)) text += encoding_[2];
        return text;
    }

    std::mt19937 random_;
    char field_ = '|';
    std::string encoding_ = "^~\\&";
};
