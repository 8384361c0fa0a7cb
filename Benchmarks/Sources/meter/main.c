// Runs a program and writes its CPU seconds and peak memory in KiB to a file. A small process of its own, since a child's
// peak counts that of whoever starts it.

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count < 3) return fprintf(stderr, "usage: meter RESULT PROGRAM [ARGUMENT…]\n"), 2;
    pid_t child = fork();
    if (child == 0) {
        execv(arguments[2], arguments + 2);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    wait4(child, &status, 0, &usage);
    FILE *result = fopen(arguments[1], "w");
    if (result == NULL) return 3;
    double seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    fprintf(result, "%f %ld\n", seconds, usage.ru_maxrss);
    fclose(result);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
