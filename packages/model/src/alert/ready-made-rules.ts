import type { AlertRule } from './alert-rule.ts';

const everyService = {
  enabled: true,
  percentile: 95,
  comparison: 'above',
  windowMinutes: 5,
  service: null,
  operation: null,
  groupBy: 'service',
  filterStr: '',
  projects: null,
  repeatMinutes: 240,
} as const;

/** What everybody wants to be told, until they know better. */
export const READY_MADE_ALERT_RULES: readonly AlertRule[] = Object.freeze([
  {
    ...everyService,
    name: 'High error rate',
    description:
      'More than one request in twenty fails. Open its traces and compare the failed ones with the rest.',
    severity: 'critical',
    signal: 'error_rate',
    threshold: 5,
    recoveryThreshold: 4,
    forMinutes: 2,
    minCount: 20,
    spans: 'requests',
  },
  {
    ...everyService,
    name: 'Slow requests',
    description:
      'One request in twenty takes longer than 2 s. Open its traces and look at the critical path.',
    severity: 'warning',
    signal: 'latency',
    threshold: 2000,
    recoveryThreshold: 1800,
    forMinutes: 5,
    minCount: 20,
    spans: 'requests',
  },
  {
    ...everyService,
    name: 'Missing trace data',
    description:
      'A service that used to send spans sends none: it is down, idle, or its export fails (see its log).',
    severity: 'warning',
    signal: 'missing_data',
    threshold: 15,
    recoveryThreshold: null,
    forMinutes: 0,
    minCount: 1000,
    spans: 'all',
  },
]);
