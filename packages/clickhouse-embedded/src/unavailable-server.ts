import { createServer, type Server } from 'node:http';

const BODY =
  'Code: 210. DB::Exception: The engine is starting again, try again in a second. (NETWORK_ERROR)\n';

/** Answers 503 while there is no engine; it gets its connections by `emit('connection')`. */
export function createUnavailableServer(): Server {
  return createServer((request, response) => {
    request.resume();
    response.writeHead(503, {
      'Content-Type': 'text/plain; charset=UTF-8',
      'Content-Length': BODY.length,
      'X-ClickHouse-Exception-Code': 210,
      'Retry-After': '1',
      Connection: 'close',
    });
    response.end(BODY);
  });
}
