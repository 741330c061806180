// A bundled service that knows nothing of tracing: `--import @utxoiq/tracing/register` traces it from outside.
import { fastify } from 'fastify';

async function main() {
  const app = fastify();
  app.get('/items/:id', async (request) => ({ id: request.params.id }));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  await (await fetch(`${address}/items/7`)).text();
  await app.close();
}

main();
