// Asks Postgres and Redis within a span of its own; knows only OpenTelemetry's API.
const { trace } = require('@opentelemetry/api');

exports.work = async ({ pg, Redis }) => {
  const { PG_PORT, REDIS_PORT } = process.env;
  const client = new pg.Client({ host: '127.0.0.1', port: Number(PG_PORT), user: 'postgres', password: 'x' });
  const redis = new Redis({ host: '127.0.0.1', port: Number(REDIS_PORT), lazyConnect: true });
  await redis.connect();
  await client.connect();
  await trace.getTracer('app').startActiveSpan('work', async (span) => {
    const { rows } = await client.query('SELECT $1::int + 1 AS answer', [41]);
    await redis.set('answer', String(rows[0].answer));
    if ((await redis.get('answer')) !== '42') throw new Error('a wrong answer');
    await client.query('SELECT nonsense').catch(() => {});
    span.end();
  });
  await client.end();
  redis.disconnect();
};

if (require.main === module) void exports.work({ pg: require('pg'), Redis: require('ioredis') });
