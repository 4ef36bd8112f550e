#define _GNU_SOURCE
#include "job.h"
#include "request.h"
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/// Opens a port, whichever of the machine's devices it belongs to.
static int open_port(int number) {
    char ending[8], path[280];
    snprintf(ending, sizeof ending, "p%d", number);
    // Ports come one after the other once the driver has asked for them.
    for (int waited = 0; waited < 5000; waited++) {
        DIR *folder = opendir("/dev");
        if (folder == NULL) give_up("/dev");
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            char *end = strrchr(entry->d_name, 'p');
            if (strncmp(entry->d_name, "vport", 5) != 0 || end == NULL || strcmp(end, ending) != 0) continue;
            snprintf(path, sizeof path, "/dev/%s", entry->d_name);
            closedir(folder);
            int port = open(path, O_RDWR | O_CLOEXEC);
            if (port < 0) give_up(path);
            return port;
        }
        closedir(folder);
        usleep(1000);
    }
    errno = ENODEV;
    give_up("ports");
}

/// The first process of a guest: says that it is there, where its snapshot is taken, and runs one job when the guest goes on.
int main(void) {
    if (getpid() != 1) {
        dprintf(2, "amx-vm-init: this is the first process of Amx's virtual machines\n");
        return 125;
    }
    prepare_system();
    load_modules();
    int ports[port_end];
    for (int number = 0; number < port_end; number++) ports[number] = number < port_input ? -1 : open_port(number);
    if (write(ports[port_input], "ready\n", 6) != 6) give_up("ready");
    struct request request = read_request(ports[port_input]);
    renew_random(request.random, random_count);
    memset(request.random, 0, random_count);
    set_clock(request.seconds, request.nanoseconds);
    run_job(&request, ports);
    stop();
}
