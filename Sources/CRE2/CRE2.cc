#include "CRE2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct amx_re2 {
    re2::RE2 expression;
    int program_size;

    amx_re2(const re2::StringPiece &pattern, const re2::RE2::Options &options)
        : expression(pattern, options),
          program_size(std::max(expression.ProgramSize(), expression.ReverseProgramSize())) {}
};

namespace {

void write_fault(const re2::RE2 &expression, char *fault, size_t capacity) {
    if (capacity == 0) return;
    std::string text = expression.error();
    const size_t count = std::min(text.size(), capacity - 1);
    std::memcpy(fault, text.data(), count);
    fault[count] = 0;
}

}  // namespace

extern "C" amx_re2 *amx_re2_compile(
    const char *pattern, size_t count, int ignores_case, int64_t memory, int *code, char *fault, size_t capacity) {
    if (capacity > 0) fault[0] = 0;
    *code = AMX_RE2_NO_MEMORY;
    try {
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_case_sensitive(!ignores_case);
        options.set_max_mem(memory);
        auto made = std::make_unique<amx_re2>(re2::StringPiece(pattern, count), options);
        if (made->expression.ok()) {
            *code = AMX_RE2_OK;
            return made.release();
        }
        const bool large = made->expression.error_code() == re2::RE2::ErrorPatternTooLarge;
        *code = large ? AMX_RE2_TOO_LARGE : AMX_RE2_SYNTAX;
        write_fault(made->expression, fault, capacity);
    } catch (...) {
    }
    return nullptr;
}

extern "C" void amx_re2_free(amx_re2 *expression) { delete expression; }

extern "C" int amx_re2_program_size(const amx_re2 *expression) { return expression->program_size; }

extern "C" int amx_re2_groups(const amx_re2 *expression) { return expression->expression.NumberOfCapturingGroups(); }

extern "C" int amx_re2_search(
    const amx_re2 *expression, const char *text, size_t count, size_t start, int group, ptrdiff_t *bounds) {
    // RE2 tells a group that took no part by its null address.
    if (text == nullptr) text = "";
    try {
        const re2::StringPiece piece(text, count);
        if (start > count) return 0;
        if (bounds == nullptr) {
            return expression->expression.Match(piece, start, count, re2::RE2::UNANCHORED, nullptr, 0) ? 1 : 0;
        }
        group = std::max(0, std::min(group, expression->expression.NumberOfCapturingGroups()));
        // RE2 gives the groups before the one that is asked for as well.
        re2::StringPiece few[8];
        std::vector<re2::StringPiece> many;
        re2::StringPiece *groups = few;
        if (group >= 8) {
            many.resize(group + 1);
            groups = many.data();
        }
        if (!expression->expression.Match(piece, start, count, re2::RE2::UNANCHORED, groups, group + 1)) return 0;
        bounds[0] = groups[0].data() - text;
        bounds[1] = bounds[0] + static_cast<ptrdiff_t>(groups[0].size());
        bounds[2] = bounds[3] = -1;
        if (groups[group].data() != nullptr) {
            bounds[2] = groups[group].data() - text;
            bounds[3] = bounds[2] + static_cast<ptrdiff_t>(groups[group].size());
        }
        return 1;
    } catch (...) {
        return -1;
    }
}
