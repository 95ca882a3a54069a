/* Every 50 ms a line of JSON: the time by each way there is to ask, in ns; `true` is the bare system call. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long ns(struct timespec t) { return t.tv_sec * 1000000000LL + t.tv_nsec; }
static long long by_clock(clockid_t id) { struct timespec t; return clock_gettime(id, &t) ? -1 : ns(t); }
static long long by_call(clockid_t id) { struct timespec t; return syscall(SYS_clock_gettime, id, &t) ? -1 : ns(t); }

int main(void) {
  for (;;) {
    struct timeval day;
    struct timezone zone;
    time_t second;
    long long truth = by_call(CLOCK_REALTIME);
    gettimeofday(&day, &zone);
    if (gettimeofday(NULL, NULL) || gettimeofday(NULL, &zone)) return 1;
    if (time(&second) - time(NULL) > 0) return 2;
    printf("{\"true\":%lld,\"realtime\":%lld,\"coarse\":%lld,\"tai\":%lld,\"day\":%lld,\"second\":%lld,\"null\":%lld,"
           "\"monotonic\":%lld,\"trueMonotonic\":%lld}\n",
           truth, by_clock(CLOCK_REALTIME), by_clock(CLOCK_REALTIME_COARSE), by_clock(CLOCK_TAI),
           day.tv_sec * 1000000000LL + day.tv_usec * 1000LL, (long long)second * 1000000000LL,
           (long long)time(NULL) * 1000000000LL, by_clock(CLOCK_MONOTONIC), by_call(CLOCK_MONOTONIC));
    fflush(stdout);
    usleep(50000);
  }
}
