#ifndef AMX_SYSTEM_H
#define AMX_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/// Writes what went wrong, with the reason that errno has, to the console and stops the machine: its supervisor sees that it answers nothing.
_Noreturn void give_up(const char *what);

/// Stops the machine.
_Noreturn void stop(void);

/// Mounts what the init itself needs, and makes the guest's control group.
void prepare_system(void);

/// Loads the modules of `/modules`, in the order of their names.
void load_modules(void);

/// Gives the kernel random numbers that no other guest of the same snapshot has, so that all it makes from now on is its own.
void renew_random(const unsigned char *bytes, size_t count);

/// Sets the clock, in seconds and nanoseconds since 1970.
void set_clock(uint64_t seconds, uint64_t nanoseconds);

/// Writes a text to a file of the kernel's; 0, or -1 with errno.
int write_text(const char *path, const char *text);

/// Writes a number to such a file.
int write_number(const char *path, uint64_t number);

/// The number behind a name at the start of a line of a file, or the file's first number for an empty name; 0 where there is none.
uint64_t read_number(const char *path, const char *name);

#endif
