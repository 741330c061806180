// Loaded before every service that the platform starts: when the platform is gone, however it went, its IPC
// channel closes, and the service stops too.
const graceMs = 10_000;

process.on('disconnect', () => {
  setTimeout(() => process.exit(1), graceMs).unref();
  process.kill(process.pid, 'SIGTERM');
});
// The listener keeps the channel, and the channel would keep the service alive after its work is done.
process.channel?.unref();
