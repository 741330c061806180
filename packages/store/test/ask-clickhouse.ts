// A program of its own, since NODE_EXTRA_CA_CERTS is read when Node starts: node ask-clickhouse.ts URL
import { Connection } from '../src/clickhouse/connection.ts';

const connection = new Connection({ url: process.argv[2] ?? '', database: 'default' });
try {
  const answer = await connection.query({ sql: 'SELECT 6 * 7 AS answer' });
  console.log(String(answer.column<Uint16Array>('answer')[0]));
} catch (error) {
  console.log(`${(error as { code: string }).code} ${(error as Error).message}`);
}
await connection.close();
