import { runService } from '@utxoiq/service-runner';
import { routes } from './routes.ts';

await runService({ name: 'insight-generator', port: ['INSIGHT_GENERATOR_PORT', 8082], routes });
