// Knows nothing of tracing: `--import @utxoiq/tracing/register` gives it its spans.
const http = require('node:http');

const server = http.createServer((_request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', async () => {
  await (await fetch(`http://127.0.0.1:${server.address().port}/unaware`)).text();
  server.close();
  server.closeAllConnections();
});
