/*
 * Four threads that do nothing but read the clock, so that one stands in the vDSO nearly always, and a fifth that forks.
 * Each reading lies between two bare system calls, so it must be true, or off by the one offset given (ns).
 * A reading that is neither ends the program; else it tells again and again how many of either there were.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long offset;
static atomic_llong straight, bent;

static long long by_call(void) {
  struct timespec t;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void check(int way) {
  struct timespec t;
  struct timeval d;
  long long before = by_call(), read, slack = 0;
  if (way == 0) {
    clock_gettime(CLOCK_REALTIME, &t);
    read = t.tv_sec * 1000000000LL + t.tv_nsec;
  } else if (way == 1) {
    gettimeofday(&d, NULL);
    read = d.tv_sec * 1000000000LL + d.tv_usec * 1000LL;
    slack = 1000;
  } else {
    read = time(NULL) * 1000000000LL;
    slack = 1000000000LL + 10000000LL;
  }
  long long after = by_call();
  if (read >= before - slack && read <= after) atomic_fetch_add(&straight, 1);
  else if (read - offset >= before - slack && read - offset <= after) atomic_fetch_add(&bent, 1);
  else {
    printf("{\"wrong\":%lld,\"before\":%lld,\"after\":%lld,\"way\":%d}\n", read, before, after, way);
    fflush(stdout);
    _exit(3);
  }
}

static void *spin(void *way) {
  for (;;) check((int)(long)way);
}

int main(int count, char **arguments) {
  offset = count > 1 ? atoll(arguments[1]) : 0;
  for (long way = 0; way < 4; way++) {
    pthread_t thread;
    pthread_create(&thread, NULL, spin, (void *)(way % 3));
  }
  for (;;) {
    int status;
    pid_t child = fork();
    if (child == 0) {
      for (int i = 0; i < 300; i++) check(i % 3);
      _exit(0);
    }
    waitpid(child, &status, 0);
    if (status) {
      printf("{\"child\":%d}\n", status);
      fflush(stdout);
      return 4;
    }
    printf("{\"straight\":%lld,\"bent\":%lld}\n", atomic_load(&straight), atomic_load(&bent));
    fflush(stdout);
    usleep(20000);
  }
}
