const { TracingService } = require('@utxoiq/tracing');
const { CloudTraceClient } = require('@utxoiq/tracing/cloud-trace');
const { recordSpans } = require('@utxoiq/tracing/testing');
const { fastify } = require('fastify');
const { journey } = require('./journey.cjs');

void journey({ TracingService, recordSpans, CloudTraceClient, fastify });
