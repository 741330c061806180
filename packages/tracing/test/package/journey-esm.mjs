import { TracingService } from '@utxoiq/tracing';
import { CloudTraceClient } from '@utxoiq/tracing/cloud-trace';
import { recordSpans } from '@utxoiq/tracing/testing';
import { fastify } from 'fastify';
import { journey } from './journey.cjs';

await journey({ TracingService, recordSpans, CloudTraceClient, fastify });
