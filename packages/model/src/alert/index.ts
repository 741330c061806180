export { alertFilter, alertQueryText } from './alert-filter.ts';
export {
  ALERT_RULE_FIELDS,
  ALERT_THRESHOLD_RANGES,
  type AlertRule,
  type AlertRuleField,
  type AlertSeverity,
  type AlertSignal,
  alertFieldJsonName,
  alertRuleToJson,
} from './alert-rule.ts';
export {
  type AlertState,
  type AlertStatus,
  MAX_ALERT_GAP_MS,
  nextAlertState,
  quietAlertState,
} from './alert-state.ts';
export { alertConditionText, alertSignalText, alertValueText } from './alert-text.ts';
export {
  type AlertMinute,
  type AlertObservation,
  type AlertVerdict,
  alertHistoryMinutes,
  observeAlert,
  withheldAlertMinutes,
} from './observe.ts';
export { type AlertRuleError, type AlertRuleResult, parseAlertRule } from './parse-alert-rule.ts';
export { type AlertEpisode, alertEpisodes } from './preview-alert.ts';
export { READY_MADE_ALERT_RULES } from './ready-made-rules.ts';
