// What holds a pod's namespaces open: waits until it is told to end, and reaps the pod's orphans.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int signal) { _exit(0); }

static void reap(int signal) {
  while (waitpid(-1, 0, WNOHANG) > 0) {
  }
}

int main(void) {
  struct sigaction on_child = {.sa_handler = reap, .sa_flags = SA_NOCLDSTOP};
  sigaction(SIGCHLD, &on_child, 0);
  signal(SIGINT, end);
  signal(SIGTERM, end);
  for (;;) pause();
}
