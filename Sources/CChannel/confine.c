#define _GNU_SOURCE
#include "confine.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's interface, of which Debian's headers are older than the kernels that this runs on.
enum { create_ruleset = 444, add_rule = 445, restrict_self = 446, version_only = 1, path_beneath = 1 };

/// What may be denied: to files by the kernel's bits, then to ports, then to whoever is outside.
struct ruleset {
    uint64_t files, ports, scopes;
};

/// What is allowed below an open folder.
struct __attribute__((packed)) beneath {
    uint64_t files;
    int32_t folder;
};

/// Reading files, and folders.
static const uint64_t reading = 1 << 2 | 1 << 3;

/// What kernels of a version know: the first have 13 bits of files.
static struct ruleset known(long version) {
    struct ruleset all = {(1 << 13) - 1, 0, 0};
    if (version >= 2) all.files |= 1 << 13;
    if (version >= 3) all.files |= 1 << 14;
    if (version >= 5) all.files |= 1 << 15;
    if (version >= 4) all.ports = 3;
    if (version >= 6) all.scopes = 3;
    return all;
}

bool confine(void) {
    long version = syscall(create_ruleset, NULL, 0, version_only);
    if (version < 1) return false;
    struct ruleset all = known(version);
    // Older kernels take no longer a structure than they know, or zeros behind it.
    int rules = (int)syscall(create_ruleset, &all, sizeof all, 0);
    if (rules < 0) return false;
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct beneath beneath = {reading, root};
    bool is_confined = root >= 0 && syscall(add_rule, rules, path_beneath, &beneath, 0) == 0 &&
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(restrict_self, rules, 0) == 0;
    if (root >= 0) close(root);
    close(rules);
    return is_confined;
}
