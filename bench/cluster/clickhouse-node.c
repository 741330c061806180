// A ClickHouse server out of libchdb.so, for bench/cluster: README.md has what this is and is not.
//
//   clickhouse-node LIBCHDB INTERSERVER_HOST INTERSERVER_PORT [arguments of clickhouse-local]
//
// clickhouse-local of 26.7 opens the server's own HTTP and native listeners (SYSTEM START LISTEN). What it leaves out of
// a cluster is little, and the library has the code of it: the address under which replicas fetch parts of this node,
// the listener they fetch from, and the worker of ON CLUSTER. This adds those three by address, for one build only, and
// lets a connection fail without ending the process.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

// chDB 3.4.0 for linux-x64 (ClickHouse 26.7.2.1).
static const char BUILD_ID[] = "d3d8f5517577ad52775b52318a193784b2fb5317";
enum {
  GET_INTERSERVER_ADDRESS = 0x1417c9c0,     // std::pair<String, UInt16> Context::getInterserverIOAddress() const
  GET_INTERSERVER_SCHEME = 0x1417cac0,      // String Context::getInterserverScheme() const
  GET_INTERSERVER_CREDENTIALS = 0x1417c940, // InterserverCredentialsPtr Context::getInterserverCredentials() const
  CREATE_HANDLER_FACTORY = 0x18395cc0,      // createHandlerFactory(IServer &, config, AsynchronousMetrics &, name, rules)
  DDL_WORKER = 0x14243400,                  // DDLWorker::DDLWorker(...)
  DDL_WORKER_STARTUP = 0x14245300,          // void DDLWorker::startup()
  KILLING_ERROR_HANDLER = 0xf113480,        // void KillingErrorHandler::exception(...): a lost connection ends the process
  DATABASE_CATALOG = 0x1426b0c0,            // static DatabaseCatalog & DatabaseCatalog::instance()
};
enum { PROLOGUE_BYTES = 17 };               // of createHandlerFactory: whole instructions, none relative to their place
enum { DDL_WORKER_BYTES = 0x2f0, DDL_WORKER_IN_SHARED = 0xd80, DDL_ENABLED_IN_CATALOG = 0x910 };

// libc++ as ClickHouse builds it: the string's size, or a set top bit for a long one, in its last byte; shared_ptr in
// two registers.
typedef struct { char *data; size_t size; size_t capacity; } string;
typedef struct { void *object, *control; } shared_ptr;

static char *base;
static const char *interserver_host;
static uint16_t interserver_port;
static int listeners;
static shared_ptr (*create_handler_factory)(void *, void *, void *, string *, string *);

static string text(const char *from) {
  size_t size = strlen(from), capacity = size + 32;
  string made = {malloc(capacity + 1), size, capacity | 1ull << 63};
  return strcpy(made.data, from), made;
}

static void short_text(char *to, const char *from) {
  memset(to, 0, sizeof(string));
  to[sizeof(string) - 1] = (char)strlen(strcpy(to, from));
}

static char *interserver_address(char *result) {
  short_text(result, interserver_host);
  memcpy(result + sizeof(string), &interserver_port, sizeof interserver_port);
  return result;
}

static char *interserver_scheme(char *result) { return short_text(result, "http"), result; }

// No user and no password, as without <interserver_http_credentials>.
static shared_ptr interserver_credentials(void) {
  static char nobody[2 * sizeof(string)];
  static struct { char user[sizeof(string)], password[sizeof(string)]; char *accepted, *end, *capacity; } none;
  none.accepted = nobody;
  none.end = none.capacity = nobody + sizeof nobody;
  return (shared_ptr){&none, NULL};
}

// As programs/server/Server.cpp does: global_context->setDDLWorker(...), then startReplicatedDDLQueries().
static void start_ddl_worker(void *server) {
  typedef void (*constructor)(void *, int, string *, string *, shared_ptr, void *, string *, string *, string *, void *, void *);
  void **methods = *(void ***)server;
  void *config = ((void *(*)(void *))methods[0])(server);
  shared_ptr context = ((shared_ptr(*)(void *))methods[2])(server);
  string queue = text("/clickhouse/task_queue/ddl"), replicas = text("/clickhouse/task_queue/replicas");
  string prefix = text("distributed_ddl"), keeper = text("default"), name = text("DDLWorker");
  void *worker = aligned_alloc(64, (DDL_WORKER_BYTES + 63) / 64 * 64);
  ((constructor)(base + DDL_WORKER))(worker, 1, &queue, &replicas, context, config, &prefix, &keeper, &name, NULL, NULL);
  ((void (*)(void *))(base + DDL_WORKER_STARTUP))(worker);
  char *shared = *(char **)context.object;
  *(void **)(shared + DDL_WORKER_IN_SHARED) = worker;
  ((char *(*)(void))(base + DATABASE_CATALOG))()[DDL_ENABLED_IN_CATALOG] = 1;
}

// SYSTEM START LISTEN HTTP asks once per listen_host: the first answers queries, the second other replicas.
static shared_ptr handler_factory(void *server, void *config, void *metrics, string *name, string *rules) {
  if (++listeners != 2) return create_handler_factory(server, config, metrics, name, rules);
  start_ddl_worker(server);
  string interserver = text("InterserverIOHTTPHandler-factory");
  return create_handler_factory(server, config, metrics, &interserver, rules);
}

// As ServerErrorHandler, less its log line: the connection is closed, and that is all.
static void connection_failed(void) {}

static void jump(char *at, void *to) {
  const long page = sysconf(_SC_PAGESIZE);
  if (mprotect((void *)((uintptr_t)at & -page), 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) {
    perror("mprotect");
    exit(1);
  }
  unsigned char code[] = {0x49, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0xff, 0xe3}; // movabs r11, to; jmp r11
  memcpy(code + 2, &to, sizeof to);
  memcpy(at, code, sizeof code);
}

static int find_build(struct dl_phdr_info *info, size_t size, void *path) {
  (void)size;
  if (strcmp(info->dlpi_name, path) != 0) return 0;
  base = (char *)info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_NOTE) continue;
    const ElfW(Nhdr) *note = (void *)(base + info->dlpi_phdr[i].p_vaddr);
    const unsigned char *id = (const unsigned char *)(note + 1) + note->n_namesz;
    char found[sizeof BUILD_ID] = "";
    for (unsigned k = 0; k < note->n_descsz && 2 * k + 2 < sizeof found; k++) sprintf(found + 2 * k, "%02x", id[k]);
    if (strcmp(found, BUILD_ID) == 0) return 1;
  }
  return 0;
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL); // nothing is left when the run ends, however it ends
  void *library = dlopen(arguments[1], RTLD_NOW);
  if (library == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
  if (dl_iterate_phdr(find_build, arguments[1]) != 1) {
    return fprintf(stderr, "%s is not the build %s that this program knows\n", arguments[1], BUILD_ID), 1;
  }
  interserver_host = arguments[2];
  interserver_port = (uint16_t)atoi(arguments[3]);
  jump(base + GET_INTERSERVER_ADDRESS, interserver_address);
  jump(base + GET_INTERSERVER_SCHEME, interserver_scheme);
  jump(base + GET_INTERSERVER_CREDENTIALS, interserver_credentials);
  jump(base + KILLING_ERROR_HANDLER, connection_failed);
  char *kept = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(kept, base + CREATE_HANDLER_FACTORY, PROLOGUE_BYTES);
  jump(kept + PROLOGUE_BYTES, base + CREATE_HANDLER_FACTORY + PROLOGUE_BYTES);
  create_handler_factory = (void *)kept;
  jump(base + CREATE_HANDLER_FACTORY, handler_factory);
  void *(*run)(int, char **) = (void *(*)(int, char **))dlsym(library, "query_stable_v2");
  arguments[3] = "clickhouse";
  run(count - 3, arguments + 3);
  return 0;
}
