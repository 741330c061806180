// `OTEL_NODE_ENABLED_INSTRUMENTATIONS=ioredis`: an ES module is patched as it is loaded.
import assert from 'node:assert/strict';
import Redis from 'ioredis';

assert.equal(Redis.prototype.sendCommand.__wrapped, true);
