import type { CollectorStats } from '@utxoiq/collector';
import type { AlertStats } from '../alerts/alert-keeper.ts';
import type { RetentionStats } from '../backend/retention-keeper.ts';

/** Of each number its name in Prometheus (`_total`: it only grows) and what it tells. */
export type MetricsOf<S> = { readonly [stat in keyof S]-?: readonly [name: string, help: string] };

export const COLLECTOR_METRICS: MetricsOf<CollectorStats> = {
  acceptedSpans: ['utxoiq_collector_spans_accepted_total', 'Spans acknowledged to their senders'],
  rejectedSpans: [
    'utxoiq_collector_spans_rejected_total',
    'Spans left out of requests that were acknowledged',
  ],
  acceptedRequests: ['utxoiq_collector_requests_accepted_total', 'Requests acknowledged to their senders'],
  refusedRequests: ['utxoiq_collector_requests_refused_total', 'Requests refused whole'],
  storedSpans: ['utxoiq_collector_spans_stored_total', 'Spans written to the store'],
  storedBlocks: ['utxoiq_collector_blocks_stored_total', 'Blocks of spans written to the store'],
  failedInserts: [
    'utxoiq_collector_inserts_failed_total',
    'Inserts that the store did not take; they are tried again',
  ],
  setAsideSpans: [
    'utxoiq_collector_spans_set_aside_total',
    'Spans of blocks that the store refused for good: they are in files beside the log',
  ],
  unreadableRecords: [
    'utxoiq_collector_records_unreadable_total',
    'Records of the write-ahead log that could not be decoded',
  ],
  logBytes: ['utxoiq_collector_log_bytes', 'Size of the write-ahead log on the disk'],
  logBacklogBytes: ['utxoiq_collector_log_backlog_bytes', 'Bytes of the log that are not in the store yet'],
  logWaitingBytes: ['utxoiq_collector_log_waiting_bytes', 'Bytes that wait to be written to the log'],
  logSyncs: ['utxoiq_collector_log_syncs_total', 'Times the log was synced to the disk'],
  tornBytes: [
    'utxoiq_collector_log_torn_bytes_total',
    'Bytes at the end of the log that a crash left half written',
  ],
  damagedBytes: [
    'utxoiq_collector_log_damaged_bytes_total',
    'Bytes of the log that did not match their checksum',
  ],
  logFailing: ['utxoiq_collector_log_failing', '1 while the log cannot be written'],
  storeFailing: ['utxoiq_collector_store_failing', '1 while the store does not take blocks'],
  bytesInFlight: ['utxoiq_collector_in_flight_bytes', 'Bytes of requests that are being received'],
};

export const RETENTION_METRICS: MetricsOf<RetentionStats> = {
  runs: ['utxoiq_retention_runs_total', 'Times the rules of retention were carried out'],
  failures: ['utxoiq_retention_failures_total', 'Times they could not be carried out'],
  daysRemoved: ['utxoiq_retention_days_removed_total', 'Days of spans that were removed'],
  lastSuccessTimestampSeconds: [
    'utxoiq_retention_last_success_timestamp_seconds',
    'When they were last carried out; 0: not yet',
  ],
};

export const ALERT_METRICS: MetricsOf<AlertStats> = {
  evaluations: ['utxoiq_alerts_evaluations_total', 'Times a rule was evaluated'],
  evaluationFailures: ['utxoiq_alerts_evaluation_failures_total', 'Times a rule could not be evaluated'],
  notificationsSent: ['utxoiq_alerts_notifications_sent_total', 'Messages that a webhook took'],
  notificationsFailed: [
    'utxoiq_alerts_notifications_failed_total',
    'Messages that a webhook did not take; they are sent again with the next evaluation',
  ],
  lastEvaluationTimestampSeconds: [
    'utxoiq_alerts_last_evaluation_timestamp_seconds',
    'When all rules were last gone through; 0: not yet',
  ],
};
