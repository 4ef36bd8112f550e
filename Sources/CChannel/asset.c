#include "asset.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool asset_read(const char *path, size_t limit, struct buffer *content) {
    struct buffer place = {0};
    buffer_add_text(&place, CAPSULE "/");
    buffer_add_text(&place, path);
    int file = open(place.bytes, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    buffer_free(&place);
    if (file < 0) return false;
    char bytes[65536];
    ssize_t count = 0;
    while (content->count <= limit && (count = read(file, bytes, sizeof bytes)) > 0)
        buffer_add(content, bytes, (size_t)count);
    int number = errno;
    close(file);
    errno = count < 0 ? number : content->count > limit ? EFBIG : 0;
    return errno == 0;
}
