// A collector that counts bytes and answers at once, and the backend that the fetch case asks.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

let bytes = 0;
const sink = http.createServer((request, response) => {
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': 0 });
    response.end();
  });
});
const backend = http.createServer((_request, response) => {
  response.writeHead(200, { 'content-length': 2 });
  response.end('ok');
});
sink.listen(0, '127.0.0.1', () => {
  backend.listen(0, '127.0.0.1', () => {
    process.send?.({
      port: (sink.address() as AddressInfo).port,
      backend: (backend.address() as AddressInfo).port,
    });
  });
});
process.on('message', () => process.send?.({ bytes }));
process.on('disconnect', () => process.exit(0));
