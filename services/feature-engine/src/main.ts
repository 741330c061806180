import { runService } from '@utxoiq/service-runner';
import { routes } from './routes.ts';

await runService({ name: 'feature-engine', port: ['FEATURE_ENGINE_PORT', 8081], routes });
